import type { FastifyReply } from 'fastify'

import type { ServiceError } from '../errors.js'
import type { RunEvent } from '../protocol/event-decoder.js'
import type { RunEvents } from '../runs/ports.js'
import { errorEventJson, eventJson, EventQueue, resultEventParts } from './event-queue.js'

/** Interval of the comments that keep proxies from closing a silent connection, in milliseconds. */
const COMMENT_MS = 15_000
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
 * delay the run: events wait in memory.
 * @see HTML Standard, section 9.2, "Server-sent events"
 */
export class EventStreamResponse implements RunEvents {
  readonly #reply: FastifyReply
  readonly #options: EventStreamOptions
  #timer: NodeJS.Timeout | undefined
  #begun = false
  readonly #queue = new EventQueue()

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
    const { raw } = this.#reply
    if (!raw.writableNeedDrain) {
      this.#writeEvent(event)
      return
    }
    this.#queue.push(event)
    if (this.#queue.bytes + raw.writableLength > this.#options.maxBufferedBytes) raw.destroy()
  }

  /** Sends the result and ends the response. */
  end (result: Buffer): void {
    this.started()
    this.#flush()
    this.#write('result', ...resultEventParts(result))
    this.#reply.raw.end()
  }

  /** Sends an error and ends the response. */
  fail (error: ServiceError, requestId: string): void {
    this.#flush()
    this.#write('error', errorEventJson(error, requestId))
    this.#reply.raw.end()
  }

  #comment (): void {
    if (!this.#reply.raw.writableNeedDrain) this.#reply.raw.write(':\n\n')
  }

  #flush (): void {
    for (const event of this.#queue.take()) this.#writeEvent(event)
  }

  #writeEvent (event: RunEvent): void {
    this.#write(event.type, eventJson(event))
  }

  /** Writes the data on one line: line ends that are part of a JSON string are escaped. */
  #write (name: string, ...json: Buffer[]): void {
    const { raw } = this.#reply
    if (raw.destroyed) return
    raw.write(Buffer.concat([Buffer.from(`event: ${name}\ndata: `), ...json.map(onOneLine), Buffer.from('\n\n')]))
  }
}

/** Replaces line ends between the members of a JSON text, which a foreign image may write. */
function onOneLine (json: Buffer): Buffer {
  if (!json.includes(NEWLINE) && !json.includes(CARRIAGE_RETURN)) return json
  return json.map((byte) => byte === NEWLINE || byte === CARRIAGE_RETURN ? SPACE : byte) as Buffer
}
