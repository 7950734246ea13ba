import type { RunObserver, RunRecord, RunSubmission } from './ports.js'

interface DeferredParts {
  observers: RunObserver[]
  log: { error: (details: object, message: string) => void }
}

/** Tells observers what they want to know after the answer is out; one that fails ends no run, and not the service. */
export class DeferredObserver implements RunObserver {
  constructor (private readonly parts: DeferredParts) {}

  submitted (submission: RunSubmission): void {
    this.#later((observer) => observer.submitted(submission))
  }

  finished (record: RunRecord): void {
    this.#later((observer) => observer.finished(record))
  }

  /** The answer is written in this turn of the event loop. */
  #later (tell: (observer: RunObserver) => void): void {
    setImmediate(() => {
      for (const observer of this.parts.observers) {
        try {
          tell(observer)
        } catch (err) {
          this.parts.log.error({ err }, 'an observer of runs failed')
        }
      }
    })
  }
}
