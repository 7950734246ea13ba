import { overloaded } from '../errors.js'
import { TurnQueue, type Waiting } from './turn-queue.js'

interface AdmissionOptions {
  /** Maximum number of concurrent runs. */
  concurrency: number
  /** Maximum number of waiting runs. */
  queueSize: number
  queueTimeoutMs: number
  /** Whether several tokens share the queue. */
  shared?: boolean
}

/** Weight of the newest run in the mean run time, from which Retry-After is computed. */
const NEWEST_WEIGHT = 0.2
/**
 * A token may have three waiting runs for each free place of a shared queue, so that a flood leaves a quarter of the
 * queue to other tokens. Source: dynamic thresholds, Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2),
 * 1998.
 */
const WAITING_PER_FREE_PLACE = 3

/**
 * Limits concurrent and waiting runs. Runs of one token are admitted in order of arrival. Tokens take turns, so that
 * a flood of one token does not starve the others.
 */
export class Admission {
  readonly #options: AdmissionOptions
  readonly #queue = new TurnQueue()
  readonly #idleWaiters: Array<() => void> = []
  #running = 0
  #closed = false
  #meanRunMs = 1000

  constructor (options: AdmissionOptions) {
    this.#options = options
  }

  get running (): number { return this.#running }
  get waiting (): number { return this.#queue.size }

  /**
   * Waits for a slot.
   * @returns a function that releases the slot, to be called once after the run
   * @throws ServiceError `overloaded` (503) if the queue is full, the wait is too long or the service is stopping
   * @throws the reason of the signal if the client closes its connection during the wait
   */
  async enter (tokenName: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#closed) throw this.#refusal('The service is shutting down')
    if (this.#running >= this.#options.concurrency) {
      this.#refuseIfFull(tokenName)
      await this.#wait(tokenName, signal)
    } else {
      this.#running++
    }
    return this.#release(performance.now())
  }

  /** Refuses new runs. Resolves when all accepted runs have finished. */
  async close (): Promise<void> {
    this.#closed = true
    if (this.#running + this.waiting === 0) return
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  #refuseIfFull (tokenName: string): void {
    const free = this.#options.queueSize - this.waiting
    if (free <= 0) throw this.#refusal('The run queue is full')
    if (this.#options.shared === true && this.#queue.countOf(tokenName) >= WAITING_PER_FREE_PLACE * free) throw this.#refusal('This token\'s share of the run queue is full')
  }

  #release (enteredAt: number): () => void {
    let released = false
    return () => {
      if (released) return
      released = true
      this.#meanRunMs += NEWEST_WEIGHT * (performance.now() - enteredAt - this.#meanRunMs)
      this.#running--
      this.#admitNext()
      if (this.#running + this.waiting === 0) for (const idle of this.#idleWaiters.splice(0)) idle()
    }
  }

  #wait (tokenName: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown) => {
        this.#queue.remove(tokenName, waiting)
        settle()
        reject(reason)
      }
      const onAbort = () => leave(signal.reason)
      const timer = setTimeout(() => leave(this.#refusal('The run waited too long in the queue')), this.#options.queueTimeoutMs)
      const settle = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
      }
      const waiting: Waiting = { admit: () => { settle(); resolve() } }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(tokenName, waiting)
    })
  }

  #admitNext (): void {
    const next = this.#queue.shift()
    if (next === undefined) return
    this.#running++
    next.admit()
  }

  #refusal (reason: string) {
    const waitMs = this.#meanRunMs * (this.waiting + 1) / this.#options.concurrency
    return overloaded(reason, Math.min(60, Math.max(1, Math.ceil(waitMs / 1000))))
  }
}
