import { Type } from 'typebox'

import {
  containerStartFailed, ERRORS, imageNotAllowed, invalidRequest, overloaded, rateLimited, tooLarge, wrongMediaType, wrongToken,
  type ErrorKind, type ServiceError
} from '../errors.js'

/** One example response for each status. */
const EXAMPLES: Record<number, ServiceError> = {
  400: invalidRequest('code is required'),
  401: wrongToken(),
  403: imageNotAllowed('example/python:latest', ['runonce/*', 'glot/*']),
  413: tooLarge('code is larger than 50000 bytes (RUN_MAX_CODE_SIZE)'),
  415: wrongMediaType(),
  429: rateLimited(12),
  500: containerStartFailed('The connection to the engine was lost (ECONNRESET)'),
  503: overloaded('The run queue is full', 2)
}

/** The errors that every route for running programs can return. */
export const RUN_ERRORS: readonly ErrorKind[] = [
  'invalidRequest', 'containerRefused', 'imageNeedsMore', 'executionTimeExceeded', 'readSizeExceeded', 'wrongToken', 'tooLarge',
  'wrongMediaType', 'rateLimited', 'engineUnreachable', 'containerCreateFailed', 'containerStartFailed', 'containerAttachFailed',
  'streamReadFailed', 'stdoutDecodeFailed', 'runnerWroteStderr', 'internal', 'overloaded'
]

/** Returns the response schemas for the documentation of a route, by status. Each description lists the slugs for this status. */
export function errorResponses (...kinds: ErrorKind[]) {
  const statuses = [...new Set(kinds.map((kind) => ERRORS[kind][0]))]
  return Object.fromEntries(statuses.map((status) => {
    const slugs = kinds.map((kind) => ERRORS[kind]).filter(([statusCode]) => statusCode === status)
      .map(([, slug, description]) => `- \`${slug}\`: ${description}`)
    return [status, errorSchema(slugs.join('\n'), EXAMPLES[status])]
  }))
}

function errorSchema (description: string, example: ServiceError | undefined) {
  return Type.Object({
    error: Type.String({ description: 'The error\'s slug' }),
    message: Type.String({ description: 'A human-readable description, which may change between versions' }),
    result: Type.Optional(Type.Object({}, { description: 'Only with RUN_LIMITS_RESPONSE=error: the partial result of a run that reached a limit' }))
  }, { description, ...(example === undefined ? {} : { examples: [example.body] }) })
}
