import type { FastifyRequest } from 'fastify'
import type { Static, TObject } from 'typebox'

import { invalidRequest } from '../../../errors.js'
import { fieldName } from '../../plugins/validation.js'

interface ValidationError {
  keyword: string
  instancePath: string
  message?: string
  params: { missingProperty?: string, additionalProperty?: string, allowedValues?: unknown[] }
}

interface SchemaNode {
  description?: string
  properties?: Record<string, SchemaNode>
  items?: SchemaNode
}

/**
 * Validates the arguments of a tool. null is equivalent to an absent argument, because models often write it.
 * @throws ServiceError `request.invalid`; the message names the argument and what it takes
 */
export function validArguments<Schema extends TObject> (request: FastifyRequest, schema: Schema, sent: unknown): Static<Schema> {
  const args = Object.fromEntries(Object.entries(sent as object).filter(([, value]) => value !== null))
  const validate = request.getValidationFunction(schema) ?? request.compileValidationSchema(schema)
  if (validate(args)) return args as Static<Schema>
  const [first] = (validate.errors ?? []) as ValidationError[]
  throw invalidRequest(first === undefined ? 'The arguments are not valid' : messageOf(first, schema))
}

/** Replaces the names of payload members in a message by those of the arguments. The first file of a payload is the main file. */
export function argumentNames (message: string): string {
  return message
    .replace(/\bpayload\.files\[(\d+)\](?:\.content)?/, (name, index) => index === '0' ? 'code' : name.replace(/payload\.files\[\d+\]/, `files[${Number(index) - 1}]`))
    .replace(/\bpayload\./, '')
}

function messageOf ({ keyword, instancePath, message = 'is not valid', params }: ValidationError, schema: TObject): string {
  const { missingProperty, additionalProperty, allowedValues } = params
  const path = `${instancePath}${missingProperty === undefined ? '' : `/${missingProperty}`}`
  const field = fieldName('', path)
  if (additionalProperty !== undefined) {
    const known = Object.keys(nodesOf(schema, path).at(-1)?.properties ?? {}).join(', ')
    return `${field === '' ? 'The arguments' : field} must not contain ${JSON.stringify(additionalProperty)}; the known names are ${known}`
  }
  const problem = keyword === 'required' ? 'is required' : allowedValues === undefined ? message : `must be one of ${allowedValues.join(', ')}`
  const description = nodesOf(schema, path).findLast((node) => node.description !== undefined)?.description
  return `${field} ${problem}${description === undefined ? '' : ` (${description})`}`
}

/** Returns the schemas on the path to a member. @param path a JSON pointer */
function nodesOf (schema: SchemaNode, path: string): SchemaNode[] {
  const nodes = [schema]
  for (const name of path.split('/').slice(1)) {
    const next = nodes.at(-1)?.properties?.[name] ?? nodes.at(-1)?.items
    if (next !== undefined) nodes.push(next)
  }
  return nodes
}
