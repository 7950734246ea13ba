import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

import type { Config } from '../config/config.js'
import { idempotencyKeyReused, jobNotFound, ServiceError, tooManyJobs } from '../errors.js'
import type { Job, JobCounts, JobPage, Jobs, JobStatus, JobTracing, NewJobs, TokenJobs } from '../runs/job-ports.js'
import type { Tokens } from '../runs/token-ports.js'
import type { JobEvents } from './job-events.js'
import { countJobs } from './job-counts.js'
import { listPage } from './job-list.js'
import { CANCELLED, contextOf, isJobId, isSameBody, jobIds, recordOf, type JobRecord } from './job-record.js'
import { readState, summaryOf, type JobState } from './job-state.js'
import { errorOutcome, failureBody, type OutcomeStore } from './outcome-store.js'
import type { RecordCodec } from './record-codec.js'
import type { TokenQueues } from './token-queues.js'

interface StoreParts {
  queues: TokenQueues
  outcomes: OutcomeStore
  events: Pick<JobEvents, 'watch'>
  codec: RecordCodec
  tokens: Pick<Tokens, 'policyOf' | 'checkImage'>
  /** Returns the names of the tokens that have a queue. */
  queueNames: () => string[]
  config: Pick<Config['jobs'], 'maxQueued' | 'resultTtlMs'>
  /** @throws ServiceError if webhooks must not be sent to this URL */
  checkWebhook: (url: string) => void
  tracing?: JobTracing | undefined
}

/** Stores jobs in the BullMQ queue of their token. */
export class JobStore implements Jobs, JobCounts {
  constructor (private readonly parts: StoreParts) {}

  async add (jobs: NewJobs): Promise<string[]> {
    this.#checkImages(jobs)
    if (jobs.webhook !== undefined) this.parts.checkWebhook(jobs.webhook)
    const ids = jobIds(jobs)
    await this.#with(jobs.tokenName, async (queue) => {
      if (await this.#isRepeated(queue, jobs, ids)) return
      await this.#checkSpace(queue, jobs)
      await queue.addBulk(jobs.runs.map((run, index) => this.#bullJob(jobs, run, ids[index] ?? '')))
    })
    return ids
  }

  async get (tokenName: string, id: string): Promise<Job> {
    return await this.#with(tokenName, async (queue, redis) => {
      const state = await this.#state(queue, redis, id)
      const outcome = await this.#outcomeOf(id, state)
      return { ...summaryOf(id, state), position: state.position, outcome }
    })
  }

  async list (tokenName: string, options: { status: JobStatus | undefined, after: string | undefined, limit: number }): Promise<JobPage> {
    return await this.#with(tokenName, async (queue, redis) => await listPage(queue, redis, options))
  }

  async cancel (tokenName: string, id: string): Promise<boolean> {
    return await this.#with(tokenName, async (queue, redis) => {
      const { outcomeName } = await this.#state(queue, redis, id)
      if (outcomeName !== undefined) await this.parts.outcomes.delete(outcomeName)
      if (await queue.remove(id) === 1) return true
      // A worker has the job. The mark also applies if another worker runs it again.
      await queue.updateJobProgress(id, CANCELLED)
      return false
    })
  }

  watch (tokenName: string, id: string, listener: () => void): () => void {
    return this.parts.events.watch(tokenName, id, listener)
  }

  async counts (): Promise<TokenJobs[]> {
    return await Promise.all(this.parts.queueNames().map(async (tokenName) => ({ tokenName, ...await this.#with(tokenName, countJobs) })))
  }

  /** Deletes finished jobs that are too old. BullMQ itself deletes them only when another job finishes. */
  async deleteExpired (tokenName: string): Promise<void> {
    await this.#with(tokenName, async (queue) => {
      for (const type of ['completed', 'failed'] as const) await queue.clean(this.parts.config.resultTtlMs, 1000, type)
    })
  }

  async #with<T> (tokenName: string, work: (queue: Queue, redis: Redis) => Promise<T>): Promise<T> {
    return await this.parts.queues.with(tokenName, work)
  }

  /** @throws ServiceError `jobs.idempotency_key` if the key was used with a different body */
  async #isRepeated (queue: Queue, { tokenName, idempotency }: NewJobs, [first = '']: string[]): Promise<boolean> {
    const known = idempotency === undefined ? undefined : await queue.getJob(first)
    if (idempotency === undefined || known === undefined) return false
    const record = this.parts.codec.decode(known.data, contextOf(tokenName, first)) as JobRecord
    if (!isSameBody(record, idempotency.body)) throw idempotencyKeyReused()
    return true
  }

  /** @throws ServiceError `image.not_allowed` */
  #checkImages ({ tokenName, runs }: NewJobs): void {
    for (const [index, { image }] of runs.entries()) {
      try {
        this.parts.tokens.checkImage(tokenName, image.ref)
      } catch (error) {
        throw runs.length > 1 && error instanceof ServiceError ? error.of(`runs[${index}]`) : error
      }
    }
  }

  async #checkSpace (queue: Queue, { tokenName, runs }: NewJobs): Promise<void> {
    const { tokens, config } = this.parts
    const maxQueued = tokens.policyOf(tokenName)?.queuedJobs ?? config.maxQueued
    const unfinished = await queue.getJobCountByTypes('wait', 'prioritized', 'delayed', 'active')
    if (unfinished + runs.length > maxQueued) throw tooManyJobs(maxQueued)
  }

  #bullJob (jobs: NewJobs, run: NewJobs['runs'][number], jobId: string) {
    const data = this.parts.codec.encode(recordOf(jobs, run, this.parts.tracing?.traceparent()), contextOf(jobs.tokenName, jobId))
    return { name: 'run', data, opts: { jobId, priority: jobs.priority } }
  }

  async #state (queue: Queue, redis: Redis, id: string): Promise<JobState> {
    const state = isJobId(id) ? await readState(queue, redis, id) : undefined
    const isTooOld = state?.finishedAtMs !== undefined && state.finishedAtMs + this.parts.config.resultTtlMs <= Date.now()
    if (state === undefined || isTooOld) throw jobNotFound(id)
    return state
  }

  async #outcomeOf (id: string, { status, outcomeName }: JobState): Promise<Buffer | undefined> {
    if (status === 'queued' || status === 'active') return undefined
    // BullMQ itself fails a job whose workers stop responding too often.
    if (outcomeName === undefined) return errorOutcome(failureBody('workerLost'))
    const outcome = await this.parts.outcomes.load(outcomeName)
    if (outcome === undefined) throw jobNotFound(id)
    return outcome
  }
}
