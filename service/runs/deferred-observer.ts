import type { RunObserver, RunRecord, RunSubmission } from './status-ports.js'

interface DeferredParts {
  observers: RunObserver[]
  log: { error: (details: object, message: string) => void }
}

/**
 * Notifies observers after the response has been written. If an observer throws, the run and the other observers are
 * not affected.
 */
export class DeferredObserver implements RunObserver {
  constructor (private readonly parts: DeferredParts) {}

  submitted (submission: RunSubmission): void {
    this.#later((observer) => observer.submitted?.(submission))
  }

  finished (record: RunRecord): void {
    this.#later((observer) => observer.finished(record))
  }

  /** The response is written in the current iteration of the event loop. */
  #later (notify: (observer: RunObserver) => void): void {
    setImmediate(() => {
      for (const observer of this.parts.observers) {
        try {
          notify(observer)
        } catch (err) {
          this.parts.log.error({ err }, 'a run observer failed')
        }
      }
    })
  }
}
