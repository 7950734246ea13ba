import type { RunResult } from '../runs/ports.js'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = new Set([0x7b, 0x5b])
const CLOSE = new Set([0x7d, 0x5d])
const COLON = 0x3a
const COMMA = 0x2c

/** Texts that can be megabytes, and that most runs are never asked for. */
const LAZY = ['stdout', 'stderr', 'stdoutBase64', 'stderrBase64', 'build'] as const

const OWN = { enumerable: true, configurable: true }

/**
 * A result whose large texts stay bytes until somebody reads them: a megabyte of output costs the service its bytes, and
 * not three strings more.
 * @returns undefined where the bytes are no result
 */
export function lazyResult (json: Buffer): RunResult | undefined {
  const members = topLevelMembers(json)
  if (members === undefined) return undefined
  const result: Record<string, unknown> = {}
  try {
    for (const name of ['stdout', 'stderr']) if (members.get(name)?.[0] !== QUOTE) return undefined
    for (const [name, value] of members) {
      if ((LAZY as readonly string[]).includes(name)) defineLazy(result, name, value)
      // Not by assignment: of the name __proto__ that would be the object's prototype.
      else Object.defineProperty(result, name, { ...OWN, writable: true, value: JSON.parse(value.toString('utf8')) })
    }
  } catch {
    return undefined
  }
  return typeof result.error === 'string' ? result as unknown as RunResult : undefined
}

function defineLazy (result: object, name: string, value: Buffer): void {
  Object.defineProperty(result, name, { ...OWN, get: () => JSON.parse(value.toString('utf8')) })
}

/** The members of a JSON object, unparsed; undefined where it is none. Trusts what is inside a member's value. */
function topLevelMembers (json: Buffer): Map<string, Buffer> | undefined {
  const text = json.subarray(json.findIndex((byte) => byte > 0x20))
  if (text[0] !== 0x7b) return undefined
  const members = new Map<string, Buffer>()
  let depth = 0
  let key: string | undefined
  let valueAt = 0
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] as number
    if (byte === QUOTE) {
      const end = stringEnd(text, at)
      if (depth === 1) key ??= text.toString('utf8', at + 1, end - 1)
      at = end - 1
    } else if (OPEN.has(byte)) {
      depth++
    } else if (depth === 1 && byte === COLON) {
      valueAt = at + 1
    } else if (depth === 1 && key !== undefined && (byte === COMMA || CLOSE.has(byte))) {
      members.set(key, text.subarray(valueAt, at))
      key = undefined
      if (byte !== COMMA) return members
    } else if (CLOSE.has(byte) && --depth === 0) {
      return members
    }
  }
  return undefined
}

/** Behind the first quote that no odd number of backslashes escapes. */
function stringEnd (text: Buffer, start: number): number {
  for (let at = text.indexOf(QUOTE, start + 1); at >= 0; at = text.indexOf(QUOTE, at + 1)) {
    let backslashes = 0
    while (text[at - 1 - backslashes] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return at + 1
  }
  return text.length
}
