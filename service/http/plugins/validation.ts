import type { FastifyRequest, FastifySchemaValidationError } from 'fastify'
import type { Static, TSchema } from 'typebox'

import { invalidRequest, type ServiceError } from '../../errors.js'

/** Converts the first ajv error to a message that names the member, for example `payload.files[0].name must be string`. */
export function validationError (errors: FastifySchemaValidationError[], where: string): ServiceError {
  const [first] = errors
  const field = fieldName(where, first?.instancePath ?? '')
  const missing = (first?.params as { missingProperty?: string } | undefined)?.missingProperty
  if (missing !== undefined) return invalidRequest(`${fieldName(field, `/${missing}`)} is required`)
  return invalidRequest(`${field || 'The body'} ${first?.message ?? 'is not valid'}`)
}

/**
 * Validates a part of the request that the schema of the route does not restrict.
 * @param where the name of this part in error messages
 * @throws ServiceError `request.invalid`; the message names the member
 */
export function validated<Schema extends TSchema> (request: FastifyRequest, schema: Schema, value: unknown, where: string): Static<Schema> {
  const validate = request.getValidationFunction(schema) ?? request.compileValidationSchema(schema)
  if (!validate(value)) throw validationError((validate.errors ?? []) as FastifySchemaValidationError[], where)
  return value as Static<Schema>
}

/** Returns the name of a member, for example `payload.files[0].name`. @param instancePath its JSON pointer */
export function fieldName (where: string, instancePath: string): string {
  const parts = instancePath.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return parts.reduce((path, part) => /^\d+$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`, where)
}
