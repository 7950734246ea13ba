import type { FastifyReply } from 'fastify'

import type { OutputEvent, RunEvent } from '../protocol/event-decoder.js'
import type { RunEvents } from '../runs/ports.js'

/** Interval of the comments that keep proxies from closing a silent connection, in milliseconds. */
const COMMENT_MS = 15_000
/** Base64 is merged up to this length only, because it must be decoded for that. */
const MERGED_BASE64_LENGTH = 1024
const CARRIAGE_RETURN = 0x0d
const NEWLINE = 0x0a
const SPACE = 0x20

interface EventStreamOptions {
  /** Maximum number of bytes that are buffered for a slow client, which is then disconnected. */
  maxBufferedBytes: number
  /** Interval of the comments, in milliseconds; for tests. */
  commentMs?: number
}

/**
 * Sends the events of a run as server-sent events. The response begins when the container has the payload. A slow client does not
 * delay the run: events wait in memory, and consecutive parts of the output are merged, so that they take little more memory than
 * the output.
 * @see HTML Standard, section 9.2, "Server-sent events"
 */
export class EventStreamResponse implements RunEvents {
  readonly #reply: FastifyReply
  readonly #options: EventStreamOptions
  #timer: NodeJS.Timeout | undefined
  #begun = false
  /** Events that wait until the client has read the previous ones. */
  #waiting: RunEvent[] = []
  #waitingBytes = 0

  constructor (reply: FastifyReply, options: EventStreamOptions) {
    this.#reply = reply
    this.#options = options
  }

  /** Whether the response has begun, so that an error can no longer change its status. */
  get begun (): boolean { return this.#begun }

  started (): void {
    if (this.#begun) return
    this.#begun = true
    const { raw } = this.#reply.hijack()
    raw.on('error', () => {})
    raw.on('drain', () => this.#flush())
    raw.once('close', () => clearInterval(this.#timer))
    const headers = {
      ...this.#reply.getHeaders(),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      // nginx would collect the events.
      'x-accel-buffering': 'no'
    }
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) raw.setHeader(name, value)
    raw.flushHeaders()
    this.#timer = setInterval(() => this.#comment(), this.#options.commentMs ?? COMMENT_MS)
  }

  event (event: RunEvent): void {
    if (!this.#reply.raw.writableNeedDrain) this.#writeEvent(event)
    else if (!this.#merge(event)) this.#wait(event)
  }

  /** Sends the result and ends the response. */
  end (result: Buffer): void {
    this.started()
    this.#flush()
    this.#write('result', Buffer.from('{"type":"result","result":'), result, Buffer.from('}'))
    this.#reply.raw.end()
  }

  /** Sends the body of an error response and ends the response. */
  fail (body: Record<string, unknown>, requestId: string): void {
    this.#flush()
    this.#write('error', Buffer.from(JSON.stringify({ type: 'error', ...body, requestId })))
    this.#reply.raw.end()
  }

  #comment (): void {
    if (!this.#reply.raw.writableNeedDrain) this.#reply.raw.write(':\n\n')
  }

  #wait (event: RunEvent): void {
    this.#waiting.push(event)
    this.#waitingBytes += 'json' in event ? event.json.length : (event.text ?? event.base64 ?? '').length
    const { raw } = this.#reply
    if (this.#waitingBytes + raw.writableLength > this.#options.maxBufferedBytes) raw.destroy()
  }

  /** Appends output to the last waiting event. Returns whether this is possible. */
  #merge (event: RunEvent): boolean {
    const last = this.#waiting.at(-1)
    if (last === undefined || 'json' in last || 'json' in event || last.type !== event.type || last.case !== event.case) return false
    return mergeOutput(last, event)
  }

  #flush (): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    for (const event of waiting) this.#writeEvent(event)
  }

  #writeEvent (event: RunEvent): void {
    this.#write(event.type, 'json' in event ? event.json : Buffer.from(JSON.stringify(event)))
  }

  /** Writes the data on one line: line ends that are part of a JSON string are escaped. */
  #write (name: string, ...json: Buffer[]): void {
    const { raw } = this.#reply
    if (raw.destroyed) return
    raw.write(Buffer.concat([Buffer.from(`event: ${name}\ndata: `), ...json.map(onOneLine), Buffer.from('\n\n')]))
  }
}

function mergeOutput (last: OutputEvent, next: OutputEvent): boolean {
  if (last.text !== undefined && next.text !== undefined) {
    last.text += next.text
    return true
  }
  if (last.base64 === undefined || next.base64 === undefined || last.base64.length > MERGED_BASE64_LENGTH) return false
  last.base64 = Buffer.concat([Buffer.from(last.base64, 'base64'), Buffer.from(next.base64, 'base64')]).toString('base64')
  return true
}

/** Replaces line ends between the members of a JSON text, which a foreign image may write. */
function onOneLine (json: Buffer): Buffer {
  if (!json.includes(NEWLINE) && !json.includes(CARRIAGE_RETURN)) return json
  return json.map((byte) => byte === NEWLINE || byte === CARRIAGE_RETURN ? SPACE : byte) as Buffer
}
