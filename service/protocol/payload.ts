import { Type, type Static } from 'typebox'

import { invalidRequest } from '../errors.js'
import { topLevelMembers } from './json-scanner.js'
import { fromWireLimits, LimitsSchema, stricterLimits, toWireLimits, type RequestedLimits, type WireLimits } from './limits.js'

/** Upper bound of files, arguments, variables and build commands. */
const MAX_ITEMS = 10_000

/** NAME_MAX and PATH_MAX of ext4, overlayfs and tmpfs, without the terminating NUL; bytes (limits.h). */
const MAX_NAME_BYTES = 255
const MAX_PATH_BYTES = 4095

/** A member that may be null. Not a union: ajv then says "must be string,null", and not what each branch lacks. */
export const nullable = <T>(type: string, schema: object) => Type.Unsafe<T | null>({ ...schema, type: [type, 'null'] })
export const nullableString = (description: string) => nullable<string>('string', { description })
export const nullableLimits = nullable<WireLimits>('object', LimitsSchema)

const strings = { maxItems: MAX_ITEMS, items: { type: 'string' } }

/** What a container that speaks our protocol reads on its stdin. docs/protocol.md explains each member. */
export const PayloadSchema = Type.Object({
  language: Type.Optional(nullableString('One of the image\'s languages, by name or alias')),
  files: Type.Array(Type.Object({
    name: Type.String({ description: 'A relative path' }),
    content: Type.String()
  }), { maxItems: MAX_ITEMS, description: 'The program\'s files. The first is the main file.' }),
  stdin: Type.Optional(nullableString('The program\'s standard input')),
  command: Type.Optional(nullableString('Replaces the build step and the run command: nothing is built. sh -c runs it in the work directory')),
  runInstructions: Type.Optional(Type.Unsafe<{ buildCommands: string[], runCommand: string } | null>({
    type: ['object', 'null'],
    description: 'Replaces the build step and the run command. Without buildCommands nothing is built',
    required: ['runCommand'],
    properties: { buildCommands: { type: 'array', ...strings }, runCommand: { type: 'string' } }
  })),
  args: Type.Optional(nullable<string[]>('array', { ...strings, description: 'The program\'s arguments' })),
  env: Type.Optional(nullable<Record<string, string>>('object', {
    maxProperties: MAX_ITEMS, additionalProperties: { type: 'string' }, description: 'Environment variables to add'
  })),
  limits: Type.Optional(nullableLimits)
}, {
  description: 'Checked for images that speak runonce\'s protocol. Any other image gets its payload as the client sent it.',
  examples: [{ files: [{ name: 'main.py', content: 'print(input())' }], stdin: 'Hello World!' }]
})

export type Payload = Static<typeof PayloadSchema>

/**
 * Checks what the schema cannot express: names, NUL characters, lone surrogates.
 * @throws ServiceError `request.invalid`, naming the member
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

/** The payload of a program of one file. @throws ServiceError `request.invalid`, naming `code` or `input` */
export function payloadOfCode (fileName: string, code: string, input: string | null | undefined): Payload {
  checkText(code, 'code')
  checkText(input ?? '', 'input')
  return { files: [{ name: fileName, content: code }], stdin: input ?? '' }
}

/**
 * A checked payload as a container reads it. Members that the schema does not name are left out, as nothing checked them.
 * @param requested limits that the request has outside its payload
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

/** The contents of a payload's files; the payload's whole text where it has none, as a foreign image's may. */
export function sourcesOf (payload: Buffer): string[] {
  try {
    const files: unknown = JSON.parse(topLevelMembers(payload)?.get('files')?.toString('utf8') ?? '[]')
    const contents = (files as Array<{ content?: unknown } | null>).map((file) => file?.content).filter((content) => typeof content === 'string')
    if (contents.length > 0) return contents
  } catch {
    // Then its text is all that can be looked at.
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

/** Strings for execve(2) end at a NUL. */
function checkArgument (text: string, field: string): void {
  checkText(text, field)
  if (text.includes('\0')) throw invalidRequest(`${field} must not contain NUL characters`)
}

function checkText (text: string, field: string): void {
  if (!text.isWellFormed()) throw invalidRequest(`${field} must be well-formed Unicode: it contains a lone surrogate`)
}
