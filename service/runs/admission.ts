import { overloaded } from '../errors.js'
import { TurnQueue } from '../turn-queue.js'

/** A run that waits for a slot. */
interface Waiting {
  admit: () => void
  refuse: (reason: unknown) => void
}

interface AdmissionOptions {
  /** Maximum number of concurrent runs. */
  concurrency: number
  /** Maximum number of waiting runs. */
  queueSize: number
  queueTimeoutMs: number
  /** Whether several tokens share the queue. */
  shared?: boolean
  /** Maximum number of concurrent background runs. They use only slots for which no other run waits. */
  backgroundConcurrency?: number
}

interface EnterOptions {
  /** Whether the run gives way to other runs. It waits without a time limit, and it does not count as a waiting run. */
  background?: boolean
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
  readonly #queue = new TurnQueue<Waiting>()
  readonly #backgroundQueue = new TurnQueue<Waiting>()
  readonly #idleWaiters: Array<() => void> = []
  #running = 0
  #backgroundRunning = 0
  #closed = false
  #meanRunMs = 1000

  constructor (options: AdmissionOptions) {
    this.#options = options
  }

  get running (): number { return this.#running }
  get waiting (): number { return this.#queue.size }
  /** Whether a background run would start immediately. */
  get hasBackgroundSlot (): boolean { return !this.#closed && this.#hasSlot(true) }

  /**
   * Waits for a slot.
   * @returns a function that releases the slot, to be called once after the run
   * @throws ServiceError `overloaded` (503) if the queue is full, the wait is too long or the service is stopping
   * @throws the reason of the signal if the client closes its connection during the wait
   */
  async enter (tokenName: string, signal: AbortSignal, { background = false }: EnterOptions = {}): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#closed) throw this.#refusal('The service is shutting down')
    if (this.#hasSlot(background)) {
      this.#start(background)
    } else {
      if (!background) this.#refuseIfFull(tokenName)
      await this.#wait(tokenName, signal, background)
    }
    return this.#release(performance.now(), background)
  }

  /** Refuses new runs and background runs that wait. Resolves when all accepted runs have finished. */
  async close (): Promise<void> {
    this.#closed = true
    for (const waiting of this.#backgroundQueue.drain()) waiting.refuse(this.#refusal('The service is shutting down'))
    if (this.#running + this.waiting === 0) return
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  #refuseIfFull (tokenName: string): void {
    const free = this.#options.queueSize - this.waiting
    if (free <= 0) throw this.#refusal('The run queue is full')
    if (this.#options.shared === true && this.#queue.countOf(tokenName) >= WAITING_PER_FREE_PLACE * free) throw this.#refusal('This token\'s share of the run queue is full')
  }

  #hasSlot (background: boolean): boolean {
    if (this.#running >= this.#options.concurrency) return false
    return !background || (this.waiting === 0 && this.#backgroundRunning < (this.#options.backgroundConcurrency ?? 0))
  }

  #start (background: boolean): void {
    this.#running++
    if (background) this.#backgroundRunning++
  }

  #release (enteredAt: number, background: boolean): () => void {
    let released = false
    return () => {
      if (released) return
      released = true
      this.#meanRunMs += NEWEST_WEIGHT * (performance.now() - enteredAt - this.#meanRunMs)
      this.#running--
      if (background) this.#backgroundRunning--
      this.#admitNext()
      if (this.#running + this.waiting === 0) for (const idle of this.#idleWaiters.splice(0)) idle()
    }
  }

  #wait (tokenName: string, signal: AbortSignal, background: boolean): Promise<void> {
    const queue = background ? this.#backgroundQueue : this.#queue
    return new Promise((resolve, reject) => {
      const onAbort = () => waiting.refuse(signal.reason)
      const timer = background
        ? undefined
        : setTimeout(() => waiting.refuse(this.#refusal('The run waited too long in the queue')), this.#options.queueTimeoutMs)
      const settle = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
      }
      const waiting: Waiting = {
        admit: () => { settle(); resolve() },
        refuse: (reason) => {
          queue.remove(tokenName, waiting)
          settle()
          reject(reason)
        }
      }
      signal.addEventListener('abort', onAbort, { once: true })
      queue.push(tokenName, waiting)
    })
  }

  #admitNext (): void {
    const background = this.waiting === 0
    if (!this.#hasSlot(background)) return
    const next = background ? this.#backgroundQueue.shift() : this.#queue.shift()
    if (next === undefined) return
    this.#start(background)
    next.admit()
  }

  #refusal (reason: string) {
    const waitMs = this.#meanRunMs * (this.waiting + 1) / this.#options.concurrency
    return overloaded(reason, Math.min(60, Math.max(1, Math.ceil(waitMs / 1000))))
  }
}
