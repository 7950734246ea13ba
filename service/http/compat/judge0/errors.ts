import { ServiceError } from '../../../errors.js'
import type { ErrorResponse } from '../../plugins/errors.js'

/** The errors of a submission by attribute. `base` contains errors that do not belong to an attribute. */
export type AttributeErrors = Record<string, string[]>

/** Rejects a submission. The response has the status 422 and contains the errors. */
export class InvalidSubmission extends Error {
  override readonly name = 'InvalidSubmission'
  constructor (readonly errors: AttributeErrors) {
    super(Object.entries(errors).map(([attribute, messages]) => `${attribute} ${messages.join(', ')}`).join('; '))
  }
}

/** Rejects output that is not UTF-8 and was not requested as base64. */
export class ConversionError extends Error {
  override readonly name = 'ConversionError'
  constructor (subject: 'this submission' | 'one or more submissions') {
    super(`some attributes for ${subject} cannot be converted to UTF-8, use base64_encoded=true query parameter`)
  }
}

export function doesNotExist (): ServiceError {
  return new ServiceError('notFound', 'Not Found')
}

/** Formats an error as Judge0 does. */
export function errorResponse ({ statusCode, body }: ServiceError): ErrorResponse {
  const message = String(body.message)
  return { status: statusCode, body: { error: statusCode === 503 && /\bqueue\b/.test(message) ? 'queue is full' : message } }
}

/** Converts an error of the payload checks to an error of the submission. */
export function asInvalidSubmission (error: unknown): unknown {
  return error instanceof ServiceError && error.statusCode === 400 ? new InvalidSubmission({ base: [error.message] }) : error
}
