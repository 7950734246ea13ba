import type { Readable } from 'node:stream'

import type { Engine } from './engine.js'

export interface EngineEvent {
  Type?: string
  Action?: string
  Actor?: { ID?: string, Attributes?: Record<string, string> }
}

const RECONNECT_MS = 500
/** For containers, only the out-of-memory event; for images, all events that change the meaning of a name. */
const FILTERS = { type: ['container', 'image'], event: ['oom', 'tag', 'untag', 'delete', 'load', 'import', 'pull', 'prune'] }

/**
 * Reads the engine's events, and reconnects whenever the stream ends.
 * @see Docker Engine API v1.41, SystemEvents
 */
export class EventStream {
  readonly #listeners: Array<(event: EngineEvent) => void> = []
  readonly #gapListeners: Array<() => void> = []
  readonly #errorListeners: Array<(error: NodeJS.ErrnoException) => void> = []
  #stream: Readable | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #connected = false

  constructor (private readonly engine: Engine) {}

  /** While this is false, events are missed and nothing may be cached. */
  get connected (): boolean { return this.#connected }

  onEvent (listener: (event: EngineEvent) => void): void {
    this.#listeners.push(listener)
  }

  /** Calls `listener` when events may have been missed: after connecting and after disconnecting. */
  onGap (listener: () => void): void {
    this.#gapListeners.push(listener)
  }

  /** Calls `listener` after each failed attempt to connect. */
  onConnectError (listener: (error: NodeJS.ErrnoException) => void): void {
    this.#errorListeners.push(listener)
  }

  async start (): Promise<void> {
    if (this.#closed) return
    try {
      const connect = new AbortController()
      const timer = setTimeout(() => connect.abort(), this.engine.callMs)
      // The signal would also end the open stream, so the timer must be cleared after connecting.
      const stream = await this.engine.docker.getEvents({ filters: FILTERS as never, abortSignal: connect.signal })
        .finally(() => clearTimeout(timer)) as Readable
      this.#follow(stream)
    } catch (error) {
      if (this.#closed) return
      this.#retry()
      for (const listener of this.#errorListeners) listener(error as NodeJS.ErrnoException)
    }
  }

  close (): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#stream?.destroy()
  }

  #follow (stream: Readable): void {
    if (this.#closed) {
      stream.destroy()
      return
    }
    this.#stream = stream
    this.#connected = true
    this.#gap()
    let rest = ''
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      try {
        for (const line of lines) if (line.trim() !== '') this.#emit(line)
      } catch (error) {
        // The line is not an event. For example, it is incomplete or part of a proxy's error page.
        stream.destroy(error as Error)
      }
    })
    stream.on('error', () => stream.destroy())
    stream.on('close', () => this.#retry())
  }

  #emit (line: string): void {
    const event = JSON.parse(line) as EngineEvent
    for (const listener of this.#listeners) listener(event)
  }

  #gap (): void {
    for (const listener of this.#gapListeners) listener()
  }

  #retry (): void {
    // Notifies at the start of the gap, because nothing may be cached while the stream is disconnected.
    const wasConnected = this.#connected
    this.#connected = false
    if (this.#closed) return
    if (wasConnected) this.#gap()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => { void this.start() }, RECONNECT_MS)
    this.#timer.unref()
  }
}
