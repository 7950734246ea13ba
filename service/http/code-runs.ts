import type { FastifyReply, FastifyRequest } from 'fastify'

import { tooLarge } from '../errors.js'
import { checkContainerLimits, type ContainerCaps, type WireLimits } from '../protocol/limits.js'
import { encodePayload, payloadOfCode } from '../protocol/payload.js'
import type { DecodedResult } from '../protocol/result.js'
import type { Images, Runs } from '../runs/ports.js'
import { clientSignal } from './client-signal.js'
import { imageOfLanguage } from './language-images.js'

export interface CodeRunParts {
  images: Images
  runs: Runs
  /** Maximum size of a program in bytes. */
  codeBytes: number
  caps: ContainerCaps
}

/** The source code of a program, the name of its language and its input. */
export interface CodeSubmission {
  language: string
  code: string
  input?: string | null
  limits?: WireLimits | null
}

/** Runs a program that consists of one file. @throws ServiceError */
export async function runCode (
  { images, runs, codeBytes, caps }: CodeRunParts, request: FastifyRequest, reply: FastifyReply, { language, code, input, limits }: CodeSubmission
): Promise<DecodedResult> {
  if (Buffer.byteLength(code) > codeBytes) throw tooLarge(`code is larger than ${codeBytes} bytes (RUN_MAX_CODE_SIZE)`)
  checkContainerLimits(limits, 'limits', caps)
  const image = imageOfLanguage(await images.languages(), language)
  return await runs.run({
    ...encodePayload(payloadOfCode(image.language?.main ?? 'main', code, input), limits),
    image,
    requestId: request.id,
    tokenName: request.tokenName,
    signal: clientSignal(reply)
  })
}

/** Sends the result as the bytes that the image wrote. */
export function sendResult (reply: FastifyReply, { json }: DecodedResult): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(json)
}
