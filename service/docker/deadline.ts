/** If a timer fires this many milliseconds late, the service was suspended or blocked. */
const LATE_MS = 250
/**
 * Additional reading time after a suspension, in milliseconds, because the engine may still hold output that the
 * service could not read.
 */
const LATE_GRACE_MS = 1000
/** Maximum time to read output that arrived before the deadline, in milliseconds. */
const DRAIN_MS = 100

interface DeadlineParts {
  ms: number
  /** Number of bytes that have been read from the stream. */
  receivedBytes: () => number
  /** Called once, unless the deadline is cancelled. */
  reached: () => void
}

/** A deadline that expires only after all output has been read that had arrived on the stream by then. */
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

  /** After a suspension, the event loop runs timers first. It polls the sockets before it runs an immediate. */
  #drain (untilMs = performance.now() + DRAIN_MS, bytesBefore = this.#parts.receivedBytes()): void {
    this.#immediate = setImmediate(() => {
      const bytes = this.#parts.receivedBytes()
      if (bytes > bytesBefore && performance.now() < untilMs) this.#drain(untilMs, bytes)
      else this.#parts.reached()
    })
  }
}
