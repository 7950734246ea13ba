/** Limits for one body. JSON.parse takes about half a microsecond per array, object or member, and blocks the event loop during this time. */
const MAX_LEVELS = 10_000
const MAX_PARTS = 100_000

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * Checks that a text can be parsed quickly. The bytes do not have to be valid JSON. Checking 2 MB takes 4 ms, a third of the time of
 * JSON.parse. A body that is too small to exceed the limits is not scanned.
 * @returns the reason for rejecting the text, as the end of a sentence, or undefined if the text is accepted
 */
export function complexityError (json: Buffer): string | undefined {
  if (json.length <= MAX_LEVELS) return undefined
  let levels = 0
  let parts = 0
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case QUOTE:
        at = shortStringEnd(json, at)
        break
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++levels > MAX_LEVELS) return `is nested deeper than ${MAX_LEVELS} levels`
        if (++parts > MAX_PARTS) return `has more than ${MAX_PARTS} arrays, objects and members`
        break
      case COLON:
        if (++parts > MAX_PARTS) return `has more than ${MAX_PARTS} arrays, objects and members`
        break
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        levels--
    }
  }
  return undefined
}

/**
 * Returns the bytes of each member of a JSON object, by name. If a name occurs twice, the last member applies, as in JSON.parse.
 * The function is not recursive, so nesting does not use stack memory. It does not validate the values.
 * @returns undefined if the text is not an object
 * @throws SyntaxError if a name is not a JSON string
 */
export function topLevelMembers (json: Buffer): Map<string, Buffer> | undefined {
  const text = json.subarray(json.findIndex((byte) => byte > 0x20))
  if (text[0] !== OPEN_OBJECT) return undefined
  const members = new Map<string, Buffer>()
  let depth = 0
  let name: string | undefined
  let valueAt = 0
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]
    const closes = byte === CLOSE_OBJECT || byte === CLOSE_ARRAY
    if (byte === QUOTE) {
      const end = longStringEnd(text, at)
      if (depth === 1) name ??= JSON.parse(text.toString('utf8', at, end)) as string
      at = end - 1
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth++
    } else if (depth === 1 && byte === COLON) {
      valueAt = at + 1
    } else if (depth === 1 && name !== undefined && (byte === COMMA || closes)) {
      members.set(name, text.subarray(valueAt, at))
      name = undefined
      if (closes) return members
    } else if (closes && --depth === 0) {
      return members
    }
  }
  return undefined
}

/** Returns whether the text is a JSON string, based on its first byte. */
export function isStringText (json: Buffer | undefined): boolean {
  return json?.[0] === QUOTE
}

/**
 * Returns the index of the closing quote. It reads byte by byte, because a body has many short strings, for which `indexOf` takes ten
 * times as long.
 */
function shortStringEnd (json: Buffer, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === QUOTE) return at
    if (json[at] === BACKSLASH) at++
  }
  return json.length
}

/**
 * Returns the index after the closing quote, which is the first quote after an even number of backslashes. It uses `indexOf`, because
 * output can contain megabytes without a quote.
 */
function longStringEnd (text: Buffer, start: number): number {
  for (let at = text.indexOf(QUOTE, start + 1); at >= 0; at = text.indexOf(QUOTE, at + 1)) {
    let backslashes = 0
    while (text[at - 1 - backslashes] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return at + 1
  }
  return text.length
}
