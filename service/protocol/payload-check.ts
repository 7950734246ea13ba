import type { FastifyRequest, FastifySchemaValidationError } from 'fastify'

import { invalidRequest, type ServiceError } from '../errors.js'
import type { ImageDescription } from '../runs/ports.js'
import { PayloadSchema, type Payload } from './payload.js'

/** ext4's, overlayfs' and tmpfs' longest file name, bytes (NAME_MAX, limits.h). */
const LONGEST_NAME = 255
const LONGEST_PATH = 4095

/** What ajv found, as a sentence that names the field: `payload.files[0].name must be string`. */
export function validationError (errors: FastifySchemaValidationError[], where: string): ServiceError {
  const [first] = errors
  const field = fieldName(where, first?.instancePath ?? '')
  const missing = (first?.params as { missingProperty?: string } | undefined)?.missingProperty
  if (missing !== undefined) return invalidRequest(`${fieldName(field, `/${missing}`)} is required`)
  return invalidRequest(`${field || 'The body'} ${first?.message ?? 'is not valid'}`)
}

/**
 * Checks the payload for an image that speaks our protocol.
 * @throws ServiceError `request.invalid`, naming the field
 */
export function checkPayload (request: FastifyRequest, payload: unknown): Payload {
  const validate = request.getValidationFunction(PayloadSchema) ?? request.compileValidationSchema(PayloadSchema)
  if (!validate(payload)) throw validationError((validate.errors ?? []) as FastifySchemaValidationError[], 'payload')
  const checked = payload as Payload
  if (checked.files.length === 0 && !checked.command && !checked.runInstructions) {
    throw invalidRequest('payload.files must hold at least one file, or command or runInstructions must say what to run')
  }
  for (const [index, { name, content }] of checked.files.entries()) {
    checkFileName(name, `payload.files[${index}].name`)
    checkText(content, `payload.files[${index}].content`)
  }
  checkText(checked.language ?? '', 'payload.language')
  checkText(checked.stdin ?? '', 'payload.stdin')
  checkArgument(checked.command ?? '', 'payload.command')
  for (const [index, command] of (checked.runInstructions?.buildCommands ?? []).entries()) {
    checkArgument(command, `payload.runInstructions.buildCommands[${index}]`)
  }
  checkArgument(checked.runInstructions?.runCommand ?? '', 'payload.runInstructions.runCommand')
  for (const [index, argument] of (checked.args ?? []).entries()) checkArgument(argument, `payload.args[${index}]`)
  for (const [name, value] of Object.entries(checked.env ?? {})) {
    if (name === '' || name.includes('=')) throw invalidRequest(`payload.env has the name ${JSON.stringify(name)}; a name must not be empty and must hold no "="`)
    checkArgument(name, 'payload.env: a name')
    checkArgument(value, `payload.env.${name}`)
  }
  return checked
}

/** A program of one file, for an image of ours. @throws ServiceError `request.invalid` */
export function payloadOfCode (image: ImageDescription, code: string, input: string | null | undefined): Payload {
  checkText(code, 'code')
  checkText(input ?? '', 'input')
  return { files: [{ name: image.language?.main ?? 'main', content: code }], stdin: input ?? '' }
}

function fieldName (where: string, instancePath: string): string {
  const parts = instancePath.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return parts.reduce((path, part) => /^\d+$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`, where)
}

function checkFileName (name: string, field: string): void {
  checkArgument(name, field)
  const parts = name.split('/')
  const wrong = name === ''
    ? 'must not be empty'
    : name.startsWith('/')
      ? 'must be a relative path'
      : parts.includes('..')
        ? 'must hold no ".."'
        : name.endsWith('/') || parts.at(-1) === '.'
          ? 'must name a file, not a folder'
          : Buffer.byteLength(name) > LONGEST_PATH || parts.some((part) => Buffer.byteLength(part) > LONGEST_NAME)
            ? `must be at most ${LONGEST_PATH} bytes long, and each part of it at most ${LONGEST_NAME}`
            : undefined
  if (wrong !== undefined) throw invalidRequest(`${field} ${wrong}`)
}

function checkText (text: string, field: string): void {
  if (!text.isWellFormed()) throw invalidRequest(`${field} must be Unicode text, and holds a lone surrogate`)
}

/** What goes to execve(2) ends at a NUL. */
function checkArgument (text: string, field: string): void {
  checkText(text, field)
  if (text.includes('\0')) throw invalidRequest(`${field} must hold no NUL character`)
}
