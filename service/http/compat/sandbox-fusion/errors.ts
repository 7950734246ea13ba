import type { FastifySchemaValidationError } from 'fastify'
import { Type } from 'typebox'

import { invalidRequest, ServiceError } from '../../../errors.js'
import type { ErrorResponse } from '../../plugins/errors.js'
import type { RunCodeResponse } from './schema.js'

/** The messages of pydantic, by the keyword of JSON Schema and the required type. */
const MESSAGES: Readonly<Record<string, readonly [type: string, message: string]>> = {
  required: ['missing', 'Field required'],
  string: ['string_type', 'Input should be a valid string'],
  'string,null': ['string_type', 'Input should be a valid string'],
  number: ['float_type', 'Input should be a valid number'],
  integer: ['int_type', 'Input should be a valid integer'],
  object: ['dict_type', 'Input should be a valid dictionary'],
  array: ['list_type', 'Input should be a valid list'],
  'array,null': ['list_type', 'Input should be a valid list']
}

/** The error responses of FastAPI, in which SandboxFusion is written. */
export const ERROR_RESPONSES = Object.fromEntries([
  [401, 'The access token is missing or wrong'],
  [413, 'The body is too large'],
  [415, 'The body is not JSON, or it is compressed'],
  [422, 'The body is not valid JSON, or a member is missing or has a wrong value'],
  [429, 'Too many requests']
].map(([status, description]) => [status, Type.Object({
  detail: Type.Unsafe<unknown>({
    type: ['string', 'array'],
    items: { type: 'object', properties: { type: { type: 'string' }, loc: { type: 'array' }, msg: { type: 'string' } } },
    description: 'The reason, or for status 422 a list of errors'
  })
}, { description: String(description), examples: [{ detail: [{ type: 'missing', loc: ['body', 'code'], msg: 'Field required' }] }] })]))

/** Converts the first error of ajv to an error in the format of FastAPI. */
export function validationErrorOf ([first]: FastifySchemaValidationError[]): ServiceError {
  const { missingProperty, type } = (first?.params ?? {}) as { missingProperty?: string, type?: string | string[] }
  const path = (first?.instancePath ?? '').split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const key = first?.keyword === 'type' ? String(type) : first?.keyword ?? ''
  const [kind, msg] = MESSAGES[key] ?? ['value_error', first?.message ?? 'The value is not valid']
  return detailedError(kind, msg, ...path, ...(missingProperty === undefined ? [] : [missingProperty]))
}

export function unknownLanguage (supported: string[]): ServiceError {
  const quoted = supported.map((name) => `'${name}'`)
  return detailedError('literal_error', `Input should be ${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`, 'language')
}

/**
 * Formats an error. As in SandboxFusion, an invalid request returns an error status, and a failure of the service returns 200 with
 * the status SandboxError.
 */
export function errorResponse (error: ServiceError): ErrorResponse {
  const { detail } = error.body
  if (detail !== undefined) return { status: 422, body: { detail } }
  if (error.statusCode >= 500) return { status: 200, body: sandboxError(String(error.body.message)) }
  if (error.statusCode === 400) return { status: 422, body: { detail: [{ type: 'value_error', loc: ['body'], msg: error.message }] } }
  return { status: error.statusCode, body: { detail: error.message } }
}

export function sandboxError (message: string): RunCodeResponse {
  return { status: 'SandboxError', message, compile_result: null, run_result: null, executor_pod_name: null, files: {} }
}

function detailedError (type: string, msg: string, ...path: string[]): ServiceError {
  return invalidRequest(`${path.join('.')}: ${msg}`, { details: { detail: [{ type, loc: ['body', ...path], msg }] } })
}
