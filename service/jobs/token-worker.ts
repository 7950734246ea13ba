import { UnrecoverableError, WaitingError, Worker, type Job as BullJob } from 'bullmq'
import type { Redis } from 'ioredis'

import type { Config } from '../config/config.js'
import type { JobObserver, JobTracing } from '../runs/job-ports.js'
import type { FinalVerdict, JobProcessor } from './job-processor.js'
import { CANCELLED, contextOf, PREFIX, queueName, type JobRecord } from './job-record.js'
import { failureBody, type OutcomeStore } from './outcome-store.js'
import type { RecordCodec } from './record-codec.js'

/**
 * If a worker dies, its jobs run again after at most LOCK_MS + STALLED_CHECK_MS. A worker renews its locks every RENEW_MS / 2 to
 * RENEW_MS, so that they survive 16 s without Redis. Milliseconds.
 */
const LOCK_MS = 24_000
const RENEW_MS = 8000
const STALLED_CHECK_MS = 5000
/** How often a job may lose its worker before it fails. A run cannot stop its worker, so this only ends crash loops. */
const MAX_STALLS = 10
/** How often a worker that had no slot for a job checks for a free slot, in milliseconds. */
const SLOT_CHECK_MS = 250
/** How often a worker checks an empty queue without a notification, in seconds: a returned job causes none. */
const EMPTY_CHECK_SECONDS = 2

export interface WorkerParts {
  redis: Redis
  processor: Pick<JobProcessor, 'process'>
  outcomes: OutcomeStore
  codec: RecordCodec
  config: Pick<Config['jobs'], 'workers' | 'maxResults' | 'resultTtlMs'>
  /** Whether a job of this token can start now. */
  hasSlot: (tokenName: string) => boolean
  /** Schedules the webhook of a job that is about to finish. Has no effect if it is already scheduled. */
  scheduleWebhook: (tokenName: string, id: string, url: string) => Promise<void>
  observer: JobObserver
  tracing?: JobTracing | undefined
  log: Record<'error' | 'debug', (details: object, message: string) => void>
}

/** Runs the jobs of one token. */
export class TokenWorker {
  readonly #tokenName: string
  readonly #parts: WorkerParts
  readonly #worker: Worker
  readonly #inProgress = new Set<Promise<string>>()
  #slotTimer: NodeJS.Timeout | undefined

  constructor (tokenName: string, parts: WorkerParts) {
    this.#tokenName = tokenName
    this.#parts = parts
    const { redis, config, log } = parts
    const keep = { age: Math.ceil(config.resultTtlMs / 1000), count: config.maxResults }
    this.#worker = new Worker(queueName(tokenName), async (job: BullJob, lock?: string, signal?: AbortSignal) => await this.#track(this.#process(job, lock, signal)), {
      connection: redis,
      prefix: PREFIX,
      concurrency: config.workers,
      lockDuration: LOCK_MS,
      lockRenewTime: RENEW_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: MAX_STALLS,
      drainDelay: EMPTY_CHECK_SECONDS,
      removeOnComplete: keep,
      removeOnFail: keep
    })
    // The errors themselves contain the arguments of commands, and therefore code.
    this.#worker.on('error', (error) => { if (!isConnectionError(error)) log.error({ reason: error.message, tokenName }, 'a worker for jobs reports an error') })
    // Another worker runs these jobs.
    this.#worker.on('lockRenewalFailed', (ids) => { for (const id of ids) this.#worker.cancelJob(id, 'lock lost') })
    this.#worker.on('completed', (job) => { void this.#finished(job, 'completed') })
    this.#worker.on('failed', (job, error) => { if (job?.finishedOn !== undefined) void this.#finished(job, 'failed', error) })
  }

  /** Stops the run of a job, if this worker has it. */
  cancel (id: string): void {
    this.#worker.cancelJob(id, CANCELLED)
  }

  /** Takes no further jobs. Resolves when the jobs in progress have finished, or have gone back to the queue. */
  async close (): Promise<void> {
    clearTimeout(this.#slotTimer)
    await this.#worker.close()
  }

  /** Resolves when no job is in progress. Unlike `close`, this does not need Redis. */
  async whenIdle (): Promise<void> {
    await Promise.allSettled(this.#inProgress)
  }

  async #track (processing: Promise<string>): Promise<string> {
    this.#inProgress.add(processing)
    return await processing.finally(() => this.#inProgress.delete(processing))
  }

  /** @returns the name of the outcome */
  async #process (job: BullJob, lock = '', signal = new AbortController().signal): Promise<string> {
    const record = this.#recordOf(job)
    const { processor, tracing } = this.#parts
    const identity = { tokenName: this.#tokenName, id: job.id ?? '' }
    const work = async () => await processor.process({ ...identity, record, cancelled: job.progress === CANCELLED, signal })
    const verdict = await (tracing === undefined ? work() : tracing.traceJob({ ...identity, traceparent: record.traceparent }, work))
    if (verdict.type === 'returned') return await this.#return(job, lock)
    const attemptsLeft = (job.opts.attempts ?? 1) - job.attemptsMade - 1
    if (verdict.type === 'retry' && attemptsLeft > 0) throw new Error(verdict.error)
    return await this.#finish(job, record, verdict)
  }

  async #return (job: BullJob, lock: string): Promise<never> {
    void this.#worker.pause(true)
    this.#resumeWithSlot()
    await job.moveToWait(lock)
    throw new WaitingError()
  }

  #resumeWithSlot (): void {
    clearTimeout(this.#slotTimer)
    if (this.#worker.closing) return
    this.#slotTimer = setTimeout(() => {
      if (this.#parts.hasSlot(this.#tokenName)) void this.#worker.resume()
      else this.#resumeWithSlot()
    }, SLOT_CHECK_MS)
  }

  async #finish (job: BullJob, { webhook }: JobRecord, verdict: FinalVerdict): Promise<string> {
    const name = await this.#parts.outcomes.save(verdict.outcome)
    if (webhook !== undefined) await this.#parts.scheduleWebhook(this.#tokenName, job.id ?? '', webhook)
    if (verdict.type === 'completed') return name
    throw new JobFailure(name, verdict.error)
  }

  /** Called when BullMQ has stored the final status of a job. Reports the job and deletes its payload. */
  async #finished (job: BullJob, status: 'completed' | 'failed', error?: Error): Promise<void> {
    const record = this.#recordOf(job)
    const [tokenName, id] = [this.#tokenName, job.id ?? '']
    const slug = error instanceof JobFailure ? error.slug : failureBody('workerLost').error
    this.#parts.observer.jobFinished({
      tokenName,
      jobId: id,
      requestId: record.requestId,
      status,
      waitMs: (job.processedOn ?? job.timestamp) - job.timestamp,
      totalMs: (job.finishedOn ?? Date.now()) - job.timestamp,
      starts: job.attemptsStarted,
      ...(status === 'failed' ? { error: slug } : {})
    })
    try {
      if (error !== undefined && !(error instanceof JobFailure) && record.webhook !== undefined) await this.#parts.scheduleWebhook(tokenName, id, record.webhook)
      await job.updateData(this.#parts.codec.encode({ ...record, payload: '' }, contextOf(tokenName, id)))
    } catch (err) {
      // The client may have deleted the job.
      this.#parts.log.debug({ reason: (err as Error).message, jobId: id }, 'the payload of a finished job was not deleted')
    }
  }

  #recordOf (job: BullJob): JobRecord {
    return this.#parts.codec.decode(job.data, contextOf(this.#tokenName, job.id ?? '')) as JobRecord
  }
}

/** Whether Redis could not be reached. The connection for requests logs this once. */
function isConnectionError (error: Error): boolean {
  return 'code' in error
}

/** A job that does not run again. The message is the name of its outcome, which BullMQ stores. */
class JobFailure extends UnrecoverableError {
  constructor (outcomeName: string, readonly slug: string) {
    super(outcomeName)
  }
}
