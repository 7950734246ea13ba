import { PassThrough } from 'node:stream'

import type { WebSocket } from '@fastify/websocket'

import { clientGone, invalidRequest, requestTimeout, type ServiceError } from '../../errors.js'
import type { RunEvent } from '../../protocol/event-decoder.js'
import type { RunEvents } from '../../runs/ports.js'
import { eventJson, EventQueue } from '../event-queue.js'

/** Time for the first message, in milliseconds. */
const FIRST_MESSAGE_MS = 5_000
/** Interval of the pings that detect disconnected clients and prevent proxies from closing a silent connection, in milliseconds. */
const PING_MS = 20_000
/** Input that waits for the container. Above this size, the service stops reading from the socket. */
const MAX_INPUT_BYTES = 65_536
/** Above this size of unsent data, events wait in the queue. */
const MAX_UNSENT_BYTES = 65_536

export interface SessionOptions {
  /** Maximum number of bytes that wait for a slow client, which is then disconnected. */
  maxQueuedBytes: number
  firstMessageMs?: number
  pingMs?: number
  /** Returns the messages for an event. By default, the event is the message. */
  format?: (event: RunEvent) => Buffer[]
}

/** A WebSocket that carries one interactive run: the first message starts it, later messages are its input. */
export class InteractiveSession implements RunEvents {
  /** The lines for the container. While the stream is full, the socket is paused. */
  readonly input = new PassThrough({ highWaterMark: MAX_INPUT_BYTES })
  readonly #socket: WebSocket
  readonly #options: SessionOptions
  readonly #format: (event: RunEvent) => Buffer[]
  readonly #controller = new AbortController()
  readonly #queue = new EventQueue()
  readonly #held: Buffer[] = []
  #onMessage: (message: Buffer) => void = () => {}
  #over = false
  #alive = true

  constructor (socket: WebSocket, options: SessionOptions) {
    this.#socket = socket
    this.#options = options
    this.#format = options.format ?? ((event) => [eventJson(event)])
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary))
    socket.on('pong', () => { this.#alive = true })
    this.input.on('error', () => {})
    // The session does not wait for the closing handshake, which can take a long time after a protocol error.
    socket.on('error', () => this.abort(clientGone()))
    const pings = setInterval(() => this.#ping(), options.pingMs ?? PING_MS)
    socket.once('close', () => {
      clearInterval(pings)
      this.abort(clientGone())
      this.input.destroy()
    })
  }

  /** Aborts when the client closes the socket or sends an invalid message. */
  get signal (): AbortSignal { return this.#controller.signal }

  /** Ends the run with an error. */
  abort (reason: ServiceError): void {
    this.#controller.abort(reason)
  }

  /** @throws ServiceError when the message does not arrive in time, or the session is aborted */
  async firstMessage (): Promise<Buffer> {
    const { signal } = this
    signal.throwIfAborted()
    const timer = setTimeout(() => this.abort(requestTimeout('The first message took too long to arrive')), this.#options.firstMessageMs ?? FIRST_MESSAGE_MS)
    try {
      return await new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        this.#onMessage = (message) => {
          // The socket may already have read further messages.
          this.#onMessage = (next) => { this.#held.push(next) }
          this.#socket.pause()
          resolve(message)
        }
      })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Forwards all further messages. @param encode returns the lines for the container; throws ServiceError */
  forwardInput (encode: (message: Buffer) => string): void {
    this.#socket.resume()
    this.#onMessage = (message) => {
      if (this.input.write(encode(message)) || this.#socket.isPaused) return
      this.#socket.pause()
      this.input.once('drain', () => this.#socket.resume())
    }
    for (const message of this.#held.splice(0)) this.#receive(message, false)
  }

  started (): void {}

  event (event: RunEvent): void {
    if (this.#queue.bytes === 0 && this.#socket.bufferedAmount <= MAX_UNSENT_BYTES) {
      this.#sendEvent(event)
      return
    }
    this.#queue.push(event)
    if (this.#queue.bytes > this.#options.maxQueuedBytes) this.#socket.terminate()
  }

  /** Sends a message. Call only before the first event. */
  send (message: Buffer): void {
    this.#socket.send(message, { binary: false }, () => { if (this.#queue.bytes > 0) this.#flush() })
  }

  /** Sends the waiting events and the last message, and closes the socket. */
  finish (last: Buffer | undefined, code: number, reason = ''): void {
    this.#over = true
    this.input.destroy()
    this.#flush()
    if (last !== undefined) this.send(last)
    this.#socket.close(code, reason)
    // A paused socket does not read the close frame of the client.
    this.#socket.resume()
  }

  #receive (message: Buffer, isBinary: boolean): void {
    if (this.#over) return
    try {
      if (isBinary) throw invalidRequest('Messages must be text')
      this.#onMessage(message)
    } catch (error) {
      this.abort(error as ServiceError)
    }
  }

  #sendEvent (event: RunEvent): void {
    for (const message of this.#format(event)) this.send(message)
  }

  #flush (): void {
    for (const event of this.#queue.take()) this.#sendEvent(event)
  }

  /** A paused socket does not read pongs. */
  #ping (): void {
    if (!this.#alive && !this.#socket.isPaused) this.#socket.terminate()
    this.#alive = false
    this.#socket.ping()
  }
}
