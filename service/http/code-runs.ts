import type { FastifyRequest } from 'fastify'

import type { Config } from '../config/config.js'
import { tooLarge } from '../errors.js'
import { checkContainerLimits, type WireLimits } from '../protocol/limits.js'
import { encodePayload, payloadOfCode, type Submission } from '../protocol/payload.js'
import type { ImageDescription, Images, Runs } from '../runs/ports.js'
import { imageOfLanguage } from './language-images.js'

export interface CodeRunParts {
  images: Images
  runs: Runs
  config: Pick<Config, 'run' | 'container'>
}

/** The source code of a program, the name of its language and its input. */
export interface CodeSubmission {
  language: string
  code: string
  input?: string | null
  limits?: WireLimits | null
}

/**
 * Creates the run of a program that consists of one file.
 * @param stream whether the client reads events
 * @throws ServiceError
 */
export async function codeRun (
  { images, config: { run, container } }: CodeRunParts, { language, code, input, limits }: CodeSubmission, { stream }: { stream: boolean }
): Promise<Submission & { image: ImageDescription }> {
  checkCodeSize(code, run.codeBytes)
  checkContainerLimits(limits, 'limits', container)
  const image = imageOfLanguage(await images.languages(), language)
  const { main = 'main', protocol = 1 } = image.language ?? {}
  return { ...encodePayload(payloadOfCode(main, code, input), { requested: limits, maximum: run, version: protocol, stream }), image }
}

/** @throws ServiceError `request.too_large` */
export function checkCodeSize (code: string, maxBytes: number): void {
  if (Buffer.byteLength(code) > maxBytes) throw tooLarge(`code is larger than ${maxBytes} bytes (RUN_MAX_CODE_SIZE)`)
}

/** The identity of a run in logs. */
export function identityOf (request: FastifyRequest) {
  return { requestId: request.id, tokenName: request.tokenName }
}
