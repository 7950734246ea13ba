import { overloaded } from '../errors.js'
import { TurnQueue } from '../turn-queue.js'
import type { Load } from './status-ports.js'

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
  /** Returns whether several tokens share the queue. */
  isShared?: () => boolean
  /** Returns the maximum number of concurrent runs of a token. */
  concurrencyOf?: (tokenName: string) => number
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
  /** Runs in progress by token. A token without runs has no entry. */
  readonly #runningOf = new Map<string, number>()
  #running = 0
  #backgroundRunning = 0
  #closed = false
  #meanRunMs = 1000

  constructor (options: AdmissionOptions) {
    this.#options = options
  }

  get running (): number { return this.#running }
  get waiting (): number { return this.#queue.size }

  /** The load without the runs that wait only for the limit of their token. They do not need CPU time, so ready containers can be created. */
  get slotLoad (): Load {
    const running = () => this.#running
    const waiting = () => this.#running < this.#options.concurrency ? 0 : this.#queue.size
    return {
      get running () { return running() },
      get waiting () { return waiting() }
    }
  }

  /** Returns whether a background run of a token would start immediately. */
  hasBackgroundSlot (tokenName: string): boolean {
    return !this.#closed && this.#hasSlot(tokenName, true)
  }

  /**
   * Waits for a slot.
   * @returns a function that releases the slot, to be called once after the run
   * @throws ServiceError `overloaded` (503) if the queue is full, the wait is too long or the service is stopping
   * @throws the reason of the signal if the client closes its connection during the wait
   */
  async enter (tokenName: string, signal: AbortSignal, { background = false }: EnterOptions = {}): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#closed) throw this.#refusal('The service is shutting down')
    if (this.#hasSlot(tokenName, background)) {
      this.#start(tokenName, background)
    } else {
      if (!background) this.#refuseIfFull(tokenName)
      await this.#wait(tokenName, signal, background)
    }
    return this.#release(tokenName, performance.now(), background)
  }

  /** Admits all runs that can start, for example because the limit of their token was raised. */
  admitWaiting (): void {
    while (this.#admitNext());
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
    if (this.#options.isShared?.() === true && this.#queue.countOf(tokenName) >= WAITING_PER_FREE_PLACE * free) throw this.#refusal('This token\'s share of the run queue is full')
  }

  /** While a slot is free, other runs wait only if their token has reached its limit. */
  #hasSlot (tokenName: string, background: boolean): boolean {
    const { concurrency, concurrencyOf, backgroundConcurrency = 0 } = this.#options
    if (this.#running >= concurrency || (background && this.#backgroundRunning >= backgroundConcurrency)) return false
    return concurrencyOf === undefined || (this.#runningOf.get(tokenName) ?? 0) < concurrencyOf(tokenName)
  }

  #start (tokenName: string, background: boolean): void {
    this.#running++
    this.#runningOf.set(tokenName, (this.#runningOf.get(tokenName) ?? 0) + 1)
    if (background) this.#backgroundRunning++
  }

  #release (tokenName: string, enteredAt: number, background: boolean): () => void {
    let released = false
    return () => {
      if (released) return
      released = true
      this.#meanRunMs += NEWEST_WEIGHT * (performance.now() - enteredAt - this.#meanRunMs)
      this.#end(tokenName, background)
      this.admitWaiting()
      if (this.#running + this.waiting === 0) for (const idle of this.#idleWaiters.splice(0)) idle()
    }
  }

  #end (tokenName: string, background: boolean): void {
    const left = (this.#runningOf.get(tokenName) ?? 0) - 1
    if (left > 0) this.#runningOf.set(tokenName, left)
    else this.#runningOf.delete(tokenName)
    this.#running--
    if (background) this.#backgroundRunning--
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
        admit: () => {
          this.#start(tokenName, background)
          settle()
          resolve()
        },
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

  /** Returns whether a run was admitted. Background runs are admitted only if no other run can start. */
  #admitNext (): boolean {
    return this.#admitFrom(this.#queue, false) || this.#admitFrom(this.#backgroundQueue, true)
  }

  #admitFrom (queue: TurnQueue<Waiting>, background: boolean): boolean {
    const next = queue.shift((tokenName) => this.#hasSlot(tokenName, background))
    next?.admit()
    return next !== undefined
  }

  #refusal (reason: string) {
    const waitMs = this.#meanRunMs * (this.waiting + 1) / this.#options.concurrency
    return overloaded(reason, Math.min(60, Math.max(1, Math.ceil(waitMs / 1000))))
  }
}
