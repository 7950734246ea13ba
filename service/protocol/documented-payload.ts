import { Type } from 'typebox'

import { PayloadSchema } from './payload-schema.js'

const NO_NUL = '^[^\\u0000]*$'
/** A path without an empty last component, and without `..` as a component. */
const FILE_NAME = '^(?!/)(?!(?:[^/]*/)*\\.\\.(?:/|$))(?!(?:[^/]*/)*\\.$)[^\\u0000]*[^/\\u0000]$'
const FILE_PATTERN = '^(?!/)(?!(?:[^/]*/)*\\.\\.(?:/|$))[^\\u0000]+$'
const VARIABLE_NAME = '^[^=\\u0000]+$'
/** The unused bits of the last character are zeros. */
const BASE64 = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$'
const MAX_PATTERN_LENGTH = 255

const { files, command, runInstructions, args, env, outputs, cases } = PayloadSchema.properties as unknown as Record<string, Schema>

interface Schema { type?: string | string[], properties?: Record<string, object>, items?: Schema }

const plainTexts = (schema: Schema | undefined) => ({ ...schema, items: { type: 'string', pattern: NO_NUL } })

const FileNameSchema = { type: 'string', pattern: FILE_NAME, description: 'A relative path' }

/** A file name that can be absent, for the documentation of other bodies. */
export const OptionalNameSchema = Type.Unsafe<string | null>({ type: ['string', 'null'], pattern: `^$|${FILE_NAME}`, description: 'A relative path' })
/** Arguments of a program, for the documentation of other bodies. */
export const ArgumentsSchema = Type.Unsafe<string[] | null>(plainTexts(args))

/**
 * The payload in the OpenAPI document, with the rules of payload-checks.ts that JSON Schema can express. Requests are not validated
 * with this schema, because the messages of payload-checks.ts are more helpful.
 */
export const DocumentedPayloadSchema = {
  ...PayloadSchema,
  properties: {
    ...PayloadSchema.properties,
    files: {
      ...files,
      items: {
        ...files?.items,
        properties: { ...files?.items?.properties, name: FileNameSchema },
        if: { properties: { encoding: { const: 'base64' } }, required: ['encoding'] },
        then: { properties: { content: { pattern: BASE64 } } }
      }
    },
    command: { ...command, pattern: NO_NUL },
    runInstructions: {
      ...runInstructions,
      properties: { buildCommands: plainTexts({ type: 'array' }), runCommand: { type: 'string', pattern: NO_NUL } }
    },
    args: ArgumentsSchema,
    env: { ...env, propertyNames: { pattern: VARIABLE_NAME }, additionalProperties: { type: 'string', pattern: NO_NUL } },
    outputs: { ...outputs, items: { type: 'string', pattern: FILE_PATTERN, maxLength: MAX_PATTERN_LENGTH } },
    cases: { ...cases, minItems: 1, items: { ...cases?.items, properties: { ...cases?.items?.properties, args: ArgumentsSchema } } }
  },
  // Generators of clients understand this better than anyOf.
  if: {
    not: {
      anyOf: [
        { properties: { command: { type: 'string', minLength: 1 } }, required: ['command'] },
        { properties: { runInstructions: { type: 'object' } }, required: ['runInstructions'] }
      ]
    }
  },
  then: { properties: { files: { minItems: 1 } } }
}
