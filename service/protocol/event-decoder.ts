import { isStringText, topLevelMembers } from './json-scanner.js'

const NEWLINE = 0x0a

/** A part of the output. Exactly one of `text` and `base64` is present. */
export interface OutputEvent {
  type: 'stdout' | 'stderr'
  text?: string
  base64?: string
  /** Index of the case that wrote the output. */
  case?: number
}

/** An event that a container reports while its program runs. The result is not an event: it ends the stream. */
export type RunEvent = OutputEvent | {
  type: 'build' | 'case'
  /** The line that the runner wrote. */
  json: Buffer
}

/**
 * Decodes the lines that the runner writes for a payload with `stream`. Chunks can end anywhere. The first line that is not an event
 * ends the stream and is the result. If it is not a valid result, decoding it fails later.
 */
export class EventDecoder {
  readonly #onEvent: (event: RunEvent) => void
  #pieces: Buffer[] = []
  #pendingBytes = 0
  #result: Buffer | undefined

  constructor (onEvent: (event: RunEvent) => void) {
    this.#onEvent = onEvent
  }

  /** The bytes of the result, or undefined until it is complete. */
  get result (): Buffer | undefined { return this.#result }

  /** Number of bytes of an incomplete line. */
  get pendingBytes (): number { return this.#pendingBytes }

  /** The bytes of an incomplete line. */
  get rest (): Buffer { return Buffer.concat(this.#pieces) }

  push (chunk: Buffer): void {
    let at = 0
    while (this.#result === undefined) {
      const end = chunk.indexOf(NEWLINE, at)
      this.#keep(chunk.subarray(at, end < 0 ? chunk.length : end))
      if (end < 0) return
      at = end + 1
      const line = this.#pieces.length === 1 ? this.#pieces[0] : this.rest
      this.#pieces = []
      this.#pendingBytes = 0
      if (line !== undefined && line.length > 0) this.#decode(line)
    }
  }

  #keep (bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#pieces.push(bytes)
    this.#pendingBytes += bytes.length
  }

  #decode (line: Buffer): void {
    const event = eventOf(line)
    if (event === undefined) this.#result = line
    else if (Buffer.isBuffer(event)) this.#result = event
    else if (event !== 'unknown') this.#onEvent(event)
  }
}

/** Returns an event, the bytes of the result, `unknown` for an event of a later version, or undefined for anything else. */
function eventOf (line: Buffer): RunEvent | Buffer | 'unknown' | undefined {
  try {
    const members = topLevelMembers(line)
    if (members === undefined || !isStringText(members.get('type'))) return undefined
    const type = valueOf(members, 'type')
    switch (type) {
      case 'stdout':
      case 'stderr': return outputEvent(type, members)
      case 'build': return members.has('build') ? { type, json: line } : undefined
      case 'case': return members.has('result') ? { type, json: line } : undefined
      case 'result': return members.get('result')
      default: return 'unknown'
    }
  } catch {
    return undefined
  }
}

function outputEvent (type: OutputEvent['type'], members: Map<string, Buffer>): OutputEvent | undefined {
  const encoding = members.has('text') ? 'text' : 'base64'
  if (!isStringText(members.get(encoding))) return undefined
  const index = valueOf(members, 'case')
  return { type, [encoding]: valueOf(members, encoding), ...(typeof index === 'number' ? { case: index } : {}) }
}

function valueOf (members: Map<string, Buffer>, name: string): unknown {
  const text = members.get(name)
  return text === undefined ? undefined : JSON.parse(text.toString('utf8'))
}
