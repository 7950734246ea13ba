import { Type } from 'typebox'

import { invalidRequest } from '../errors.js'
import { checkText, hasBase64Form } from './payload-checks.js'

/** Maximum input in one line. Its base64 is 64 KiB long, and the runner reads lines of less than 128 KiB. */
const CHUNK_BYTES = 48 * 1024

const MAX_CELLS = 65_535
const cells = (description: string) => Type.Integer({ minimum: 1, maximum: MAX_CELLS, description })

const WindowSizeSchema = Type.Object({ columns: cells('Width in characters'), rows: cells('Height in characters') })

export interface WindowSize { columns: number, rows: number }

/** The size of a terminal if the client does not specify it. */
const DEFAULT_SIZE: WindowSize = { columns: 80, rows: 24 }

/** `true` or a window size. */
export const TerminalSchema = Type.Unsafe<boolean | WindowSize | null>({
  ...WindowSizeSchema,
  type: ['boolean', 'object', 'null'],
  description: 'Run the program on a pseudo-terminal, of 80 columns and 24 rows if the value is true'
})

/** The messages to a running program, by type. */
export const INPUT_MESSAGES = {
  stdin: Type.Object({ text: Type.Optional(Type.String()), base64: Type.Optional(Type.String()) }),
  stdinEnd: Type.Object({}),
  signal: Type.Object({ signal: Type.Unsafe<'INT' | 'TERM' | 'KILL'>({ type: 'string', enum: ['INT', 'TERM', 'KILL'] }) }),
  resize: WindowSizeSchema
}

export type InputType = keyof typeof INPUT_MESSAGES

/** A validated message. */
export interface InputMessage {
  type: InputType
  text?: string
  base64?: string
  signal?: string
  columns?: number
  rows?: number
}

export function isInputType (type: unknown): type is InputType {
  return typeof type === 'string' && Object.hasOwn(INPUT_MESSAGES, type)
}

export function windowSize (terminal: boolean | WindowSize | null | undefined): WindowSize | undefined {
  if (terminal === true) return DEFAULT_SIZE
  return terminal ? { columns: terminal.columns, rows: terminal.rows } : undefined
}

/**
 * Encodes a message as the lines that the runner reads after the payload.
 * @throws ServiceError `request.invalid`; the message names the member
 */
export function encodeInput ({ type, text, base64, signal, columns, rows }: InputMessage): string {
  if (type !== 'stdin') return `${JSON.stringify({ type, signal, columns, rows })}\n`
  const bytes = stdinBytes(text, base64)
  const lines = []
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    lines.push(`{"type":"stdin","base64":"${bytes.toString('base64', at, at + CHUNK_BYTES)}"}\n`)
  }
  return lines.join('')
}

function stdinBytes (text: string | undefined, base64: string | undefined): Buffer {
  if (text !== undefined && base64 !== undefined) throw invalidRequest('text must not be combined with base64')
  if (text !== undefined) {
    checkText(text, 'text')
    return Buffer.from(text)
  }
  if (base64 === undefined) throw invalidRequest('text is required')
  if (!hasBase64Form(base64)) throw invalidRequest('base64 must be base64')
  return Buffer.from(base64, 'base64')
}
