import type { FastifyReply } from 'fastify'

import type { ServiceError } from '../errors.js'
import type { RunEvent } from '../protocol/event-decoder.js'
import type { RunEvents } from '../runs/ports.js'
import { errorEventJson, eventJson, EventQueue, resultEventParts } from './event-queue.js'
import { setServerTiming } from './plugins/server-timing.js'
import { ServerSentEvents } from './server-sent-events.js'

interface EventStreamOptions {
  /** Maximum number of bytes that are buffered for a slow client, which is then disconnected. */
  maxBufferedBytes: number
  /** Interval of the comments, in milliseconds; for tests. */
  commentMs?: number
}

/**
 * Sends the events of a run as server-sent events. The response begins when the container has the payload. A slow client does not
 * delay the run: events wait in memory.
 */
export class EventStreamResponse implements RunEvents {
  readonly #reply: FastifyReply
  readonly #options: EventStreamOptions
  readonly #events: ServerSentEvents
  readonly #queue = new EventQueue()

  constructor (reply: FastifyReply, options: EventStreamOptions) {
    this.#reply = reply
    this.#options = options
    this.#events = new ServerSentEvents(reply, options.commentMs)
  }

  /** Whether the response has begun, so that an error can no longer change its status. */
  get begun (): boolean { return this.#events.begun }

  started (): void {
    if (this.begun) return
    // Fastify does not send this response, so its hook does not set the header.
    setServerTiming(this.#reply)
    this.#events.begin()
    this.#reply.raw.on('drain', () => this.#flush())
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
    this.#events.write('result', ...resultEventParts(result))
    this.#events.end()
  }

  /** Sends an error and ends the response. */
  fail (error: ServiceError, requestId: string): void {
    this.#flush()
    this.#events.write('error', errorEventJson(error, requestId))
    this.#events.end()
  }

  #flush (): void {
    for (const event of this.#queue.take()) this.#writeEvent(event)
  }

  #writeEvent (event: RunEvent): void {
    this.#events.write(event.type, eventJson(event))
  }
}
