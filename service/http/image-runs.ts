import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import type { Config } from '../config/config.js'
import { topLevelMembers } from '../protocol/json-scanner.js'
import { checkContainerLimits, foreignRunLimits, fromWireLimits, type WireLimits } from '../protocol/limits.js'
import { checkVersion } from '../protocol/payload-checks.js'
import { encodePayload, type Submission } from '../protocol/payload.js'
import type { ImageDescription, Images } from '../runs/ports.js'
import { validPayload } from './image-payload.js'

/** An image name consists of registry and path (up to 255 characters), tag (128) and digest (71 or more) (distribution/reference). */
const MAX_IMAGE_NAME_LENGTH = 512

export const ImageNameSchema = Type.String({ minLength: 1, maxLength: MAX_IMAGE_NAME_LENGTH, description: 'For example runonce/python:latest' })

interface ImageRunParts {
  images: Images
  config: Pick<Config, 'run' | 'container'>
}

/** The members of a request that runs a payload in an image. */
export interface ImageSubmission {
  image: string
  payload: unknown
  limits?: WireLimits | null | undefined
}

interface ImageRunOptions {
  /** Whether the client reads events. */
  stream: boolean
  /** Returns the JSON text of the payload, which a foreign image receives unchanged. */
  payloadText: () => string | undefined
}

/** Creates the run of a payload. @throws ServiceError */
export async function imageRun (
  { images, config }: ImageRunParts, request: FastifyRequest, { image: ref, payload, limits }: ImageSubmission, { stream, payloadText }: ImageRunOptions
): Promise<Submission & { image: ImageDescription }> {
  checkContainerLimits(limits, 'limits', config.container)
  const image = await images.describe(ref)
  const version = image.language?.protocol
  checkVersion(payload, image.ref, version)
  if (version !== undefined) {
    return { ...encodePayload(validPayload(request, payload, config), { requested: limits, maximum: config.run, version, stream }), image }
  }
  return { payload: Buffer.from(payloadText() ?? 'null'), limits: foreignRunLimits(fromWireLimits(limits), config.run), streams: false, image }
}

/** Returns the JSON text of the member `payload` of a body. */
export function payloadTextOf (body: Buffer | null): string | undefined {
  return body === null ? undefined : topLevelMembers(body)?.get('payload')?.toString('utf8').trim()
}
