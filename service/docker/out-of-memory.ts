import type { EventStream } from './event-stream.js'

/** Maximum wait for the event, in milliseconds. The event can arrive shortly after the end of the stream. */
const WAIT_MS = 200
const POLL_MS = 10
const REMEMBERED = 1000

/** Records the containers in which the kernel killed a process for lack of memory, based on the engine's events. */
export class OutOfMemoryWatch {
  readonly #containers = new Set<string>()

  constructor (events: EventStream) {
    events.onEvent(({ Type, Action, Actor }) => {
      if (Type !== 'container' || Action !== 'oom' || Actor?.ID === undefined) return
      this.#containers.add(Actor.ID)
      const [oldest] = this.#containers
      if (this.#containers.size > REMEMBERED && oldest !== undefined) this.#containers.delete(oldest)
    })
  }

  /** Waits up to 200 ms for the engine's event. */
  async happenedTo (containerId: string): Promise<boolean> {
    for (const untilMs = performance.now() + WAIT_MS; performance.now() < untilMs;) {
      if (this.#containers.has(containerId)) return true
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
    return this.#containers.has(containerId)
  }
}
