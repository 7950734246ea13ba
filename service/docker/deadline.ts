/** A timer that fires so much later than it was due means that the service was suspended or blocked. Milliseconds. */
const LATE_MS = 250
/** Time that the stream then gets: the engine may still hold output that the service could not read. Milliseconds. */
const LATE_GRACE_MS = 1000
/** Maximum time to read output that arrived before the deadline. Milliseconds. */
const DRAIN_MS = 100

interface DeadlineParts {
  ms: number
  /** Bytes that were read from the stream so far. */
  receivedBytes: () => number
  /** Called once, unless the deadline is cancelled. */
  reached: () => void
}

/** A deadline that is reached only after everything that had arrived on the stream by then was read. */
export class Deadline {
  readonly #parts: DeadlineParts
  #timer: NodeJS.Timeout
  #immediate: NodeJS.Immediate | undefined

  constructor (parts: DeadlineParts) {
    this.#parts = parts
    const dueAt = performance.now() + parts.ms
    this.#timer = setTimeout(() => {
      if (performance.now() - dueAt < LATE_MS) this.#drain()
      else this.#timer = setTimeout(() => this.#drain(), LATE_GRACE_MS)
    }, parts.ms)
  }

  cancel (): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
  }

  /** After a suspension the event loop runs timers first. It polls the sockets before it runs an immediate. */
  #drain (untilMs = performance.now() + DRAIN_MS, bytesBefore = this.#parts.receivedBytes()): void {
    this.#immediate = setImmediate(() => {
      const bytes = this.#parts.receivedBytes()
      if (bytes > bytesBefore && performance.now() < untilMs) this.#drain(untilMs, bytes)
      else this.#parts.reached()
    })
  }
}
