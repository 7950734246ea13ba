import { overloaded } from '../../../errors.js'
import { TurnQueue } from '../../../turn-queue.js'

const RETRY_SECONDS = 1

/** A run in the background, for which no client waits. None of its functions rejects. */
export interface Job {
  tokenName: string
  /** The size of the run in memory. */
  bytes: number
  run (): Promise<void>
  /** Called instead of `run` if the service shuts down. */
  abandon (): Promise<void>
}

interface Limits {
  /** Maximum number of jobs that run. */
  concurrency: number
  /** Maximum number and size of the jobs that wait. */
  queueSize: number
  queueBytes: number
  /** Aborts when the service shuts down. */
  stopping: AbortSignal
}

/** Runs jobs in the background. Jobs of one token run in the order of their arrival, and tokens take turns. */
export class Background {
  readonly #limits: Limits
  readonly #queue = new TurnQueue<Job>()
  readonly #active = new Set<Promise<void>>()
  #running = 0
  #reserved = 0
  #reservedBytes = 0

  constructor (limits: Limits) {
    this.#limits = limits
    limits.stopping.addEventListener('abort', () => this.#abandonWaiting(), { once: true })
  }

  /**
   * Reserves places for jobs, which must then be started or released.
   * @throws ServiceError `overloaded` (503) if the queue is full or the service is shutting down
   */
  reserve (jobs: Job[]): void {
    const { concurrency, queueSize, queueBytes, stopping } = this.#limits
    if (stopping.aborted) throw overloaded('The service is shutting down', RETRY_SECONDS)
    const free = queueSize + concurrency - this.#running - this.#reserved
    const bytes = this.#reservedBytes + sumOfBytes(jobs)
    if (jobs.length > free || bytes > queueBytes) throw overloaded('The run queue is full', RETRY_SECONDS)
    this.#reserved += jobs.length
    this.#reservedBytes = bytes
  }

  release (jobs: Job[]): void {
    this.#reserved -= jobs.length
    this.#reservedBytes -= sumOfBytes(jobs)
  }

  start (jobs: Job[]): void {
    for (const job of jobs) this.#queue.push(job.tokenName, job)
    if (this.#limits.stopping.aborted) this.#abandonWaiting()
    while (this.#running < this.#limits.concurrency && this.#startNext());
  }

  /** Resolves when no job is left. */
  async settled (): Promise<void> {
    while (this.#active.size > 0) await Promise.all(this.#active)
  }

  #startNext (): boolean {
    const job = this.#queue.shift()
    if (job === undefined) return false
    this.release([job])
    this.#running++
    this.#track(job.run().finally(() => {
      this.#running--
      this.#startNext()
    }))
    return true
  }

  #abandonWaiting (): void {
    const waiting = [...this.#queue.drain()]
    this.release(waiting)
    for (const job of waiting) this.#track(job.abandon())
  }

  #track (work: Promise<void>): void {
    this.#active.add(work)
    void work.finally(() => this.#active.delete(work))
  }
}

function sumOfBytes (jobs: Job[]): number {
  return jobs.reduce((sum, { bytes }) => sum + bytes, 0)
}
