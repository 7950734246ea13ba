import { Type, type Static } from 'typebox'

import { CaseLimitsSchema, LimitsSchema, type WireLimits } from './limits.js'

/** Maximum number of files, arguments, variables or build commands. */
const MAX_ITEMS = 10_000
/** Maximum number of patterns in `outputs`. */
const MAX_PATTERNS = 32

/**
 * Describes a member that can be null. The schema is not a union, because ajv would then report an error for each branch instead of
 * "must be string,null".
 */
export const nullable = <T>(type: string, schema: object) => Type.Unsafe<T | null>({ ...schema, type: [type, 'null'] })
export const nullableString = (description: string) => nullable<string>('string', { description })
export const nullableLimits = nullable<WireLimits>('object', LimitsSchema)

const strings = { maxItems: MAX_ITEMS, items: { type: 'string' } }

const CaseSchema = Type.Object({
  stdin: Type.Optional(nullableString('The standard input of this case. The default is the stdin of the payload')),
  args: Type.Optional(nullable<string[]>('array', { ...strings, description: 'The arguments of this case. The default is the args of the payload' })),
  limits: Type.Optional(nullable<WireLimits>('object', CaseLimitsSchema)),
  expectedStdout: Type.Optional(nullableString('If present, the result of this case contains whether stdout matches this text, apart from trailing white space'))
})

/** The payload that a container with the runner protocol reads from stdin. docs/protocol.md describes each member. */
export const PayloadSchema = Type.Object({
  language: Type.Optional(nullableString('One of the image\'s languages, by name or alias')),
  files: Type.Array(Type.Object({
    name: Type.String({ description: 'A relative path' }),
    content: Type.String(),
    encoding: Type.Optional(Type.Unsafe<'utf8' | 'base64' | null>({
      type: ['string', 'null'], enum: ['utf8', 'base64', null], description: 'The encoding of the content. The default is utf8'
    }))
  }), { maxItems: MAX_ITEMS, description: 'The program\'s files. The first is the main file.' }),
  stdin: Type.Optional(nullableString('The program\'s standard input')),
  command: Type.Optional(nullableString('Replaces both the build step and the run command. It is run by sh -c in the work directory')),
  runInstructions: Type.Optional(Type.Unsafe<{ buildCommands: string[], runCommand: string } | null>({
    type: ['object', 'null'],
    description: 'Replaces both the build step and the run command. Without buildCommands, the build step is skipped',
    required: ['runCommand'],
    properties: { buildCommands: { type: 'array', ...strings }, runCommand: { type: 'string' } }
  })),
  args: Type.Optional(nullable<string[]>('array', { ...strings, description: 'The program\'s arguments' })),
  env: Type.Optional(nullable<Record<string, string>>('object', {
    maxProperties: MAX_ITEMS, additionalProperties: { type: 'string' }, description: 'Environment variables to add'
  })),
  limits: Type.Optional(nullableLimits),
  outputs: Type.Optional(nullable<string[]>('array', {
    maxItems: MAX_PATTERNS, items: { type: 'string' }, description: 'Patterns of the files in the work directory that the result contains'
  })),
  cases: Type.Optional(nullable<Array<Static<typeof CaseSchema>>>('array', {
    items: CaseSchema, description: 'The program is built once and then run for each case'
  })),
  stopOnFailure: Type.Optional(nullable<boolean>('boolean', { description: 'Whether to stop after the first case that does not complete or whose output does not match' }))
}, {
  description: 'The payload for images that implement the runner protocol. The payload for other images is not validated and is forwarded unchanged.',
  examples: [{ files: [{ name: 'main.py', content: 'print(input())' }], stdin: 'Hello World!' }]
})

export type Payload = Static<typeof PayloadSchema>
