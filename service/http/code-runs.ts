import type { FastifyRequest } from 'fastify'

import type { Config } from '../config/config.js'
import { tooLarge } from '../errors.js'
import { checkContainerLimits, type WireLimits } from '../protocol/limits.js'
import type { Payload } from '../protocol/payload-schema.js'
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
export async function codeRun (parts: CodeRunParts, submission: CodeSubmission, { stream }: { stream: boolean }): Promise<Submission & { image: ImageDescription }> {
  const { image, payload } = await codePayload(parts, submission)
  const version = image.language?.protocol ?? 1
  return { ...encodePayload(payload, { requested: submission.limits, maximum: parts.config.run, version, stream }), image }
}

/** Creates the payload of a program that consists of one file, and finds the image of its language. @throws ServiceError */
export async function codePayload (
  { images, config: { run, container } }: Omit<CodeRunParts, 'runs'>, { language, code, input, limits }: CodeSubmission
): Promise<{ image: ImageDescription, payload: Payload }> {
  if (Buffer.byteLength(code) > run.codeBytes) throw tooLarge(`code is larger than ${run.codeBytes} bytes (RUN_MAX_CODE_SIZE)`)
  checkContainerLimits(limits, 'limits', container)
  const image = imageOfLanguage(await images.languages(), language)
  return { image, payload: payloadOfCode(image.language?.main ?? 'main', code, input) }
}

/** The identity of a run in logs, and the object that receives its phases. */
export function identityOf (request: FastifyRequest) {
  request.runPhases = {}
  return { requestId: request.id, tokenName: request.tokenName, phases: request.runPhases }
}
