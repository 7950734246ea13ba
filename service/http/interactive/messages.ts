import type { FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'

import { invalidRequest } from '../../errors.js'
import { encodeInput, INPUT_MESSAGES, isInputType, TerminalSchema, type InputMessage } from '../../protocol/input-messages.js'
import { nullableLimits, nullableString } from '../../protocol/payload-schema.js'
import { parseJson } from '../plugins/body-parser.js'
import { validated } from '../plugins/validation.js'

const WHAT = 'The message'

const ImageSchema = Type.Object({
  image: Type.String({ minLength: 1, maxLength: 512 }),
  payload: Type.Unknown(),
  limits: Type.Optional(nullableLimits),
  tty: Type.Optional(TerminalSchema)
})

const CodeSchema = Type.Object({
  language: Type.String({ minLength: 1 }),
  code: Type.String(),
  input: Type.Optional(nullableString('')),
  limits: Type.Optional(nullableLimits),
  tty: Type.Optional(TerminalSchema)
})

export type ImageMessage = Static<typeof ImageSchema>
export type CodeMessage = Static<typeof CodeSchema>
/** The first message: a program in an image or in a language. */
export type StartMessage = ImageMessage | CodeMessage

/** Parses a message. @throws ServiceError `request.invalid` if it is not a JSON object */
export function parseMessage (message: Buffer): Record<string, unknown> {
  const value = parseJson(message, WHAT)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidRequest(`${WHAT} must be a JSON object`)
  return value as Record<string, unknown>
}

/** @throws ServiceError `request.invalid`; the message names the member */
export function validStartMessage (request: FastifyRequest, message: Record<string, unknown>): StartMessage {
  const hasLanguage = message.language !== undefined
  if (hasLanguage && message.image !== undefined) throw invalidRequest('language must not be combined with image')
  return hasLanguage ? validated(request, CodeSchema, message, '') : validated(request, ImageSchema, message, '')
}

/** Returns the lines that the container reads. @throws ServiceError `request.invalid`; the message names the member */
export function inputLines (request: FastifyRequest, message: Buffer): string {
  const value = parseMessage(message)
  const { type } = value
  if (!isInputType(type)) throw invalidRequest(`type must be one of ${Object.keys(INPUT_MESSAGES).join(', ')}`)
  return encodeInput({ ...validated(request, INPUT_MESSAGES[type], value, ''), type } as InputMessage)
}
