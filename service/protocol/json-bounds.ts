/** What one body may be made of. JSON.parse takes about half a microsecond for each part, and holds all others up meanwhile. */
const MOST_LEVELS = 10_000
const MOST_PARTS = 100_000

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Why a body is too intricate to be parsed; undefined where it is not. Its bytes need not be JSON. A body of 2 MB takes
 * 4 ms, a third of what JSON.parse takes for it; a small one can't be too intricate and takes none.
 */
export function tooIntricate (json: Buffer): string | undefined {
  if (json.length <= MOST_LEVELS) return undefined
  let levels = 0
  let parts = 0
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case QUOTE:
        at = closingQuote(json, at)
        break
      case 0x5b: // [
      case 0x7b: // {
        if (++levels > MOST_LEVELS) return `is nested deeper than ${MOST_LEVELS} levels`
        if (++parts > MOST_PARTS) return `has more than ${MOST_PARTS} arrays, objects and members`
        break
      case 0x3a: // :
        if (++parts > MOST_PARTS) return `has more than ${MOST_PARTS} arrays, objects and members`
        break
      case 0x5d: // ]
      case 0x7d: // }
        levels--
    }
  }
  return undefined
}

/** Byte by byte: searches would take the square of the length where backslashes are many, or few. */
function closingQuote (json: Buffer, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === QUOTE) return at
    if (json[at] === BACKSLASH) at++
  }
  return json.length
}
