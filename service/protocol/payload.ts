import { Type, type Static } from 'typebox'

import { invalidRequest } from '../errors.js'
import { topLevelMembers } from './json-scanner.js'
import { fromWireLimits, LimitsSchema, stricterLimits, toWireLimits, type RequestedLimits, type WireLimits } from './limits.js'

/** Maximum number of files, arguments, variables or build commands. */
const MAX_ITEMS = 10_000

/** NAME_MAX and PATH_MAX of ext4, overlayfs and tmpfs in bytes, without the terminating NUL (limits.h). */
const MAX_NAME_BYTES = 255
const MAX_PATH_BYTES = 4095

/**
 * Describes a member that can be null. The schema is not a union, because ajv would then report an error for each branch instead of
 * "must be string,null".
 */
export const nullable = <T>(type: string, schema: object) => Type.Unsafe<T | null>({ ...schema, type: [type, 'null'] })
export const nullableString = (description: string) => nullable<string>('string', { description })
export const nullableLimits = nullable<WireLimits>('object', LimitsSchema)

const strings = { maxItems: MAX_ITEMS, items: { type: 'string' } }

/** The payload that a container with the runner protocol reads from stdin. docs/protocol.md describes each member. */
export const PayloadSchema = Type.Object({
  language: Type.Optional(nullableString('One of the image\'s languages, by name or alias')),
  files: Type.Array(Type.Object({
    name: Type.String({ description: 'A relative path' }),
    content: Type.String()
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
  limits: Type.Optional(nullableLimits)
}, {
  description: 'The payload for images that implement the runner protocol. The payload for other images is not validated and is forwarded unchanged.',
  examples: [{ files: [{ name: 'main.py', content: 'print(input())' }], stdin: 'Hello World!' }]
})

export type Payload = Static<typeof PayloadSchema>

/**
 * Checks the rules that the schema cannot express: names, NUL characters and lone surrogates.
 * @throws ServiceError `request.invalid`; the message names the member
 */
export function checkPayload (payload: Payload): void {
  const { language, files, stdin, command, runInstructions, args, env } = payload
  if (files.length === 0 && !command && !runInstructions) {
    throw invalidRequest('payload.files must contain at least one file, unless command or runInstructions is given')
  }
  for (const [index, { name, content }] of files.entries()) {
    checkFileName(name, `payload.files[${index}].name`)
    checkText(content, `payload.files[${index}].content`)
  }
  checkText(language ?? '', 'payload.language')
  checkText(stdin ?? '', 'payload.stdin')
  checkArgument(command ?? '', 'payload.command')
  checkArguments(runInstructions?.buildCommands, 'payload.runInstructions.buildCommands')
  checkArgument(runInstructions?.runCommand ?? '', 'payload.runInstructions.runCommand')
  checkArguments(args, 'payload.args')
  for (const [name, value] of Object.entries(env ?? {})) checkVariable(name, value)
}

/** Creates the payload for a program with one file. @throws ServiceError `request.invalid`; the message names `code` or `input` */
export function payloadOfCode (fileName: string, code: string, input: string | null | undefined): Payload {
  checkText(code, 'code')
  checkText(input ?? '', 'input')
  return { files: [{ name: fileName, content: code }], stdin: input ?? '' }
}

/**
 * Encodes a validated payload for the container. Omits members that are not in the schema, because they have not been validated.
 * @param requested the limits that the request specifies outside its payload
 */
export function encodePayload (payload: Payload, requested?: WireLimits | null): { payload: Buffer, limits: RequestedLimits } {
  const { language, files, stdin, command, runInstructions, args, env } = payload
  const limits = stricterLimits(fromWireLimits(payload.limits), fromWireLimits(requested))
  const known = {
    language,
    files: files.map(({ name, content }) => ({ name, content })),
    stdin,
    command,
    runInstructions: runInstructions && { buildCommands: runInstructions.buildCommands, runCommand: runInstructions.runCommand },
    args,
    env,
    limits: toWireLimits(limits)
  }
  return { payload: Buffer.from(JSON.stringify(known)), limits }
}

/**
 * Returns the contents of the files in a payload. A payload without files, which a foreign image may accept, is returned as one
 * text.
 */
export function sourcesOf (payload: Buffer): string[] {
  try {
    const files: unknown = JSON.parse(topLevelMembers(payload)?.get('files')?.toString('utf8') ?? '[]')
    const contents = (files as Array<{ content?: unknown } | null>).map((file) => file?.content).filter((content) => typeof content === 'string')
    if (contents.length > 0) return contents
  } catch {
    // The payload has another structure, so its whole text is returned.
  }
  return [payload.toString('utf8')]
}

function checkFileName (name: string, field: string): void {
  checkArgument(name, field)
  const problem = fileNameProblem(name, name.split('/'))
  if (problem !== undefined) throw invalidRequest(`${field} ${problem}`)
}

function fileNameProblem (name: string, parts: string[]): string | undefined {
  if (name === '') return 'must not be empty'
  if (name.startsWith('/')) return 'must be a relative path'
  if (parts.includes('..')) return 'must not contain ".."'
  if (name.endsWith('/') || parts.at(-1) === '.') return 'must name a file, not a directory'
  if (Buffer.byteLength(name) > MAX_PATH_BYTES || parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES)) {
    return `must be at most ${MAX_PATH_BYTES} bytes long, and each part of it at most ${MAX_NAME_BYTES}`
  }
  return undefined
}

function checkVariable (name: string, value: string): void {
  if (name === '' || name.includes('=')) {
    throw invalidRequest(`payload.env: invalid name ${JSON.stringify(name)}: must not be empty and must not contain "="`)
  }
  checkArgument(name, 'payload.env: a name')
  checkArgument(value, `payload.env.${name}`)
}

function checkArguments (texts: string[] | null | undefined, field: string): void {
  for (const [index, text] of (texts ?? []).entries()) checkArgument(text, `${field}[${index}]`)
}

/** Rejects NUL characters, because strings for execve(2) end at the first NUL. */
function checkArgument (text: string, field: string): void {
  checkText(text, field)
  if (text.includes('\0')) throw invalidRequest(`${field} must not contain NUL characters`)
}

function checkText (text: string, field: string): void {
  if (!text.isWellFormed()) throw invalidRequest(`${field} must be well-formed Unicode: it contains a lone surrogate`)
}
