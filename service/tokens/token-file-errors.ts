import type { TSchema } from 'typebox'
import { Errors } from 'typebox/value'

import { TokenFileSchema } from './token-file-schema.js'

/** Maximum length of a value in a message. */
const MAX_SHOWN = 80
/** Longer names of unknown members are not shown, because they can be tokens. The known members have at most this length. */
const MAX_SHOWN_NAME = 15

type SchemaNode = TSchema & {
  accepts?: string
  /** Whether a wrong value of this member can be or contain a token. */
  secret?: boolean
  properties?: Record<string, SchemaNode>
  items?: SchemaNode
}

/**
 * Returns one line for each member that is not valid. Each line names the member and the accepted values, for example
 * `tokens[2].rate.window: invalid value 0: must be a number of seconds greater than 0 and at most 86400`.
 */
export function schemaErrors (content: unknown): string[] {
  const lines = [...Errors(TokenFileSchema, content)].flatMap(({ keyword, instancePath, params }) => {
    const path = instancePath.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    if (keyword === 'required') return missingMembers(path, (params as { requiredProperties: string[] }).requiredProperties)
    // The error of the member itself names it.
    if (keyword === 'additionalProperties') return []
    return [keyword === 'boolean' ? unknownMember(path) : invalidMember(path, content)]
  })
  return [...new Set(lines)]
}

/** Returns the position of a member, for example `tokens[2].rate`. */
export function memberName (path: Array<string | number>): string {
  return path.reduce<string>((name, part) => /^\d+$/.test(String(part)) ? `${name}[${part}]` : `${name}${name === '' ? '' : '.'}${part}`, '')
}

function missingMembers (path: string[], names: string[]): string[] {
  return names.map((name) => `${memberName([...path, name])}: not set: must be ${schemaAt([...path, name])?.accepts ?? 'set'}`)
}

function unknownMember (path: string[]): string {
  const last = path.at(-1) ?? ''
  const name = last.length > MAX_SHOWN_NAME ? '(hidden)' : shown(last)
  const known = Object.keys(schemaAt(path.slice(0, -1))?.properties ?? {})
  const place = memberName(path.slice(0, -1))
  return `${place === '' ? '' : `${place}: `}unknown member ${name}: must be one of ${known.join(', ')}`
}

function invalidMember (path: string[], content: unknown): string {
  const schema = schemaAt(path)
  const value = schema?.secret === true ? hidden(valueAt(content, path)) : shown(valueAt(content, path))
  return `${memberName(path) || 'the content'}: invalid value ${value}: must be ${schema?.accepts ?? 'valid'}`
}

function schemaAt (path: string[]): SchemaNode | undefined {
  return path.reduce<SchemaNode | undefined>((schema, part) => schema?.items ?? schema?.properties?.[part], TokenFileSchema as SchemaNode)
}

function valueAt (content: unknown, path: string[]): unknown {
  return path.reduce((value, part) => (value as Record<string, unknown>)[part], content)
}

/** A text or a number can be a token, for example in a list of tokens instead of a list of objects. */
function hidden (value: unknown): string {
  return typeof value === 'object' ? shown(value) : '(hidden)'
}

/** Returns the text of a value. Objects and arrays are not shown, because they can contain tokens. */
function shown (value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? `(a list of ${value.length})` : '(an object)'
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}
