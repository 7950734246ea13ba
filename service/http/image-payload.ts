import type { FastifyRequest } from 'fastify'

import type { Config } from '../config/config.js'
import { checkContainerLimits } from '../protocol/limits.js'
import { checkPayload } from '../protocol/payload-checks.js'
import { PayloadSchema, type Payload } from '../protocol/payload-schema.js'
import { validated } from './plugins/validation.js'

/**
 * Validates the member `payload` of a request for an image that implements the runner protocol.
 * @throws ServiceError `request.invalid`; the message names the member
 */
export function validPayload (request: FastifyRequest, sent: unknown, { run, container }: Pick<Config, 'run' | 'container'>): Payload {
  const payload = validated(request, PayloadSchema, sent, 'payload')
  checkPayload(payload, run)
  checkContainerLimits(payload.limits, 'payload.limits', container)
  return payload
}
