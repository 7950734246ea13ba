import { invalidRequest } from '../errors.js'
import { supportsVersion2, unsupportedVersion } from './image-labels.js'
import type { Payload } from './payload-schema.js'

/** NAME_MAX and PATH_MAX of ext4, overlayfs and tmpfs in bytes, without the terminating NUL (limits.h). */
const MAX_NAME_BYTES = 255
const MAX_PATH_BYTES = 4095
/** The members that version 1 of the runner protocol does not support. */
const NEW_MEMBERS = ['outputs', 'cases', 'stopOnFailure'] as const

/**
 * Checks the rules that the schema cannot express: names, NUL characters, lone surrogates, base64, patterns and the number of cases.
 * @throws ServiceError `request.invalid`; the message names the member
 */
export function checkPayload (payload: Payload, maximum: { cases: number }): void {
  const { language, files, stdin, command, runInstructions, args, env, outputs, cases } = payload
  if (files.length === 0 && !command && !runInstructions) {
    throw invalidRequest('payload.files must contain at least one file, unless command or runInstructions is given')
  }
  for (const [index, { name, content, encoding }] of files.entries()) {
    checkFileName(name, `payload.files[${index}].name`)
    checkContent(content, encoding, `payload.files[${index}].content`)
  }
  checkText(language ?? '', 'payload.language')
  checkText(stdin ?? '', 'payload.stdin')
  checkArgument(command ?? '', 'payload.command')
  checkArguments(runInstructions?.buildCommands, 'payload.runInstructions.buildCommands')
  checkArgument(runInstructions?.runCommand ?? '', 'payload.runInstructions.runCommand')
  checkArguments(args, 'payload.args')
  for (const [name, value] of Object.entries(env ?? {})) checkVariable(name, value)
  for (const [index, pattern] of (outputs ?? []).entries()) checkPattern(pattern, `payload.outputs[${index}]`)
  if (cases != null) checkCases(cases, maximum.cases)
}

/**
 * Checks that an image supports the members of a payload. The payload of a foreign image has not been validated.
 * @param version the version of the runner protocol; undefined for a foreign image
 * @throws ServiceError `request.invalid`; the message names the member
 */
export function checkVersion (payload: unknown, image: string, version: number | undefined): void {
  if (supportsVersion2(version)) return
  const member = versionTwoMember(payload)
  if (member !== undefined) throw unsupportedVersion(`payload.${member} requires`, image, version)
}

export function checkText (text: string, field: string): void {
  if (!text.isWellFormed()) throw invalidRequest(`${field} must be well-formed Unicode: it contains a lone surrogate`)
}

/** Returns the first member that version 1 does not support. */
function versionTwoMember (payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const members = payload as Record<string, unknown>
  const member = NEW_MEMBERS.find((name) => Object.hasOwn(members, name) && members[name] !== null)
  if (member !== undefined) return member
  const index = Array.isArray(members.files) ? members.files.findIndex((file) => file?.encoding === 'base64') : -1
  return index < 0 ? undefined : `files[${index}].encoding`
}

function checkContent (content: string, encoding: string | null | undefined, field: string): void {
  if (encoding !== 'base64') checkText(content, field)
  else if (!isBase64(content)) throw invalidRequest(`${field} must be base64`)
}

/** Returns whether a text has the form of base64 with padding and without white space (RFC 4648, section 4). */
export function hasBase64Form (text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}

/** Returns whether a text is base64 with zeros in the unused bits, which the runner requires (RFC 4648, section 3.5). */
function isBase64 (text: string): boolean {
  const end = text.slice(-4)
  return hasBase64Form(text) && Buffer.from(end, 'base64').toString('base64') === end
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

function checkPattern (pattern: string, field: string): void {
  checkArgument(pattern, field)
  if (pattern === '') throw invalidRequest(`${field} must not be empty`)
  if (Buffer.byteLength(pattern) > MAX_NAME_BYTES) throw invalidRequest(`${field} must be at most ${MAX_NAME_BYTES} bytes long`)
  if (pattern.startsWith('/')) throw invalidRequest(`${field} must be relative to the work directory`)
  if (pattern.split('/').includes('..')) throw invalidRequest(`${field} must not contain ".."`)
}

function checkCases (cases: NonNullable<Payload['cases']>, max: number): void {
  if (cases.length === 0) throw invalidRequest('payload.cases must contain at least one case')
  if (cases.length > max) throw invalidRequest(`payload.cases must contain at most ${max} cases (RUN_MAX_CASES)`)
  for (const [index, { stdin, args, expectedStdout }] of cases.entries()) {
    checkText(stdin ?? '', `payload.cases[${index}].stdin`)
    checkArguments(args, `payload.cases[${index}].args`)
    checkText(expectedStdout ?? '', `payload.cases[${index}].expectedStdout`)
  }
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
