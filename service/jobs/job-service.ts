import { setTimeout as sleep } from 'node:timers/promises'

import type { Config } from '../config/config.js'
import type { Callbacks, Job, JobCounts, JobObserver, JobRecord, Jobs, JobTracing, WebhookRecord } from '../runs/job-ports.js'
import type { Images, Runs } from '../runs/ports.js'
import type { Tokens } from '../runs/token-ports.js'
import { JobEvents } from './job-events.js'
import { JobProcessor } from './job-processor.js'
import { JobStore } from './job-store.js'
import { OutcomeStore } from './outcome-store.js'
import { RecordCodec } from './record-codec.js'
import { connectForRequests, connectForWorkers } from './redis.js'
import { TokenQueues } from './token-queues.js'
import { TokenWorker, type WorkerParts } from './token-worker.js'
import { WebhookSender } from './webhook-sender.js'
import { WebhookTargets } from './webhook-targets.js'

/** How often expired jobs are deleted, in milliseconds. */
const CLEANUP_MS = 60_000
/** Time during shutdown for commands after the runs of jobs have ended, in milliseconds. */
const CLOSE_MS = 5000
/** A Redis that does not respond within this time does not delay the shutdown further. Milliseconds. */
const PING_MS = 500

export interface JobServiceParts {
  url: string
  config: Pick<Config, 'jobs' | 'webhooks'>
  tokens: Tokens
  runs: Runs
  images: Images
  hasSlot: (tokenName: string) => boolean
  /** Returns the JSON text of a job for webhooks. */
  jobJson: (job: Job) => Buffer
  observers: JobObserver[]
  /** Present if traces are sent. */
  tracing?: JobTracing | undefined
  log: Record<'info' | 'warn' | 'error' | 'debug', (details: object | string, message?: string) => void>
}

/** Accepts, stores and runs jobs with BullMQ. */
export class JobService {
  readonly jobs: Jobs & JobCounts
  /** Undefined if nothing may be sent to any host. */
  readonly callbacks: Callbacks | undefined
  readonly #parts: JobServiceParts
  readonly #store: JobStore
  readonly #queues: TokenQueues
  readonly #events: JobEvents
  readonly #redis: ReturnType<typeof connectForWorkers>
  readonly #workerParts: WorkerParts
  readonly #targets: WebhookTargets
  readonly #webhooks: WebhookSender
  /** The workers by token. The queue of a token that was removed keeps its worker, which ends the jobs that have not started. */
  readonly #workers = new Map<string, TokenWorker>()
  /** The tokens whose queue this service uses. */
  readonly #queueNames = new Set<string>()
  #cleanup: NodeJS.Timeout | undefined
  #closed = false

  constructor (parts: JobServiceParts) {
    const { url, config: { jobs: config, webhooks }, tokens, log } = parts
    this.#parts = parts
    const requests = connectForRequests(url, log)
    this.#redis = connectForWorkers(url)
    this.#targets = new WebhookTargets(webhooks.allow)
    const observer = allOf(parts.observers)
    const codec = new RecordCodec(config.key)
    this.#queues = new TokenQueues(requests, log)
    this.#events = new JobEvents({ redis: this.#redis, onCancel: (tokenName, id) => this.#workers.get(tokenName)?.cancel(id) })
    const outcomes = (redis: typeof requests) => new OutcomeStore(redis, codec, config.resultTtlMs)
    this.#store = new JobStore({
      queues: this.#queues,
      outcomes: outcomes(requests),
      events: this.#events,
      codec,
      tokens,
      queueNames: () => [...this.#queueNames],
      config,
      checkWebhook: (text) => this.#targets.check(text),
      tracing: parts.tracing
    })
    this.jobs = this.#store
    this.#webhooks = new WebhookSender({
      ...parts, redis: this.#redis, jobs: this.#store, codec, targets: this.#targets, secrets: webhooks.secrets, observer
    })
    this.callbacks = this.#targets.enabled ? this.#webhooks.callbacks : undefined
    this.#workerParts = {
      ...parts,
      observer,
      redis: this.#redis,
      processor: new JobProcessor({ ...parts, maxResultBytes: config.maxResultBytes }),
      outcomes: outcomes(this.#redis),
      codec,
      config,
      scheduleWebhook: async (tokenName, id, to) => await this.#webhooks.schedule(tokenName, id, to)
    }
  }

  start (): void {
    const { tokens, config } = this.#parts
    this.#addTokens()
    tokens.onChange(() => this.#addTokens())
    if (config.jobs.workers === 0) return
    if (this.#targets.enabled) this.#webhooks.start()
    this.#cleanup = setInterval(() => { void this.#deleteExpired() }, CLEANUP_MS)
    this.#cleanup.unref()
  }

  /** Takes no more jobs. Waits until those in progress have finished, at most `runMs` milliseconds and some time for Redis. */
  async closeWorkers (runMs: number): Promise<void> {
    this.#closed = true
    clearInterval(this.#cleanup)
    const closed = Promise.all([...this.#workers.values()].map(async (worker) => await worker.close())).then(() => true)
    const idle = Promise.all([...this.#workers.values()].map(async (worker) => await worker.whenIdle()))
    const timeout = sleep(runMs, undefined, { ref: false })
    await Promise.race([closed, idle, timeout])
    if (!await this.#inTime(closed)) this.#parts.log.warn('redis did not respond during the shutdown: jobs that were in progress will run again')
  }

  /** Closes the connections to Redis. */
  async close (): Promise<void> {
    await this.#inTime(Promise.all([this.#webhooks.close(), this.#events.close(), this.#queues.close()]))
    this.#redis.disconnect()
  }

  /** Starts the workers of new tokens. A token without jobs needs no connections to Redis. */
  #addTokens (): void {
    const { tokens, config } = this.#parts
    const added = tokens.names.filter((name) => !this.#queueNames.has(name) && tokens.policyOf(name)?.queuedJobs !== 0)
    for (const tokenName of this.#closed ? [] : added) {
      this.#queueNames.add(tokenName)
      this.#events.follow(tokenName)
      if (config.jobs.workers > 0) this.#workers.set(tokenName, new TokenWorker(tokenName, this.#workerParts))
    }
  }

  /** Waits for a step of the shutdown. Returns false if it takes too long, or if Redis does not respond. */
  async #inTime (step: Promise<unknown>): Promise<boolean> {
    const done = step.then(() => true)
    const timeout = async (ms: number) => await sleep(ms, false, { ref: false })
    const responds = await Promise.race([done, this.#redis.ping().then(() => true, () => false), timeout(PING_MS)])
    return await Promise.race([done, timeout(responds ? CLOSE_MS : 0)])
  }

  async #deleteExpired (): Promise<void> {
    for (const tokenName of this.#queueNames) await this.#store.deleteExpired(tokenName).catch(() => {})
  }
}

function allOf (observers: JobObserver[]): JobObserver {
  return {
    jobFinished: (record: JobRecord) => { for (const observer of observers) observer.jobFinished(record) },
    webhookSent: (record: WebhookRecord) => { for (const observer of observers) observer.webhookSent(record) }
  }
}
