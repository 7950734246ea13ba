import { DelayedError, Queue, UnrecoverableError, Worker, type Job as BullJob } from 'bullmq'
import type { Redis } from 'ioredis'

import type { Callback, Callbacks, Job, JobObserver, Jobs, WebhookRecord } from '../runs/job-ports.js'
import { ServiceError } from '../errors.js'
import { PREFIX } from './job-record.js'
import type { RecordCodec } from './record-codec.js'
import { WebhookEndpoints } from './webhook-endpoints.js'
import { sendWebhook, WEBHOOK_TIMEOUT_MS } from './webhook-request.js'
import type { WebhookTargets } from './webhook-targets.js'

const QUEUE = 'webhooks'
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Delays before the repetitions of a failed request. Together they take 22 hours. */
const DELAYS_MS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 8 * HOUR]
/** Age at which a webhook is no longer sent. */
const MAX_AGE_MS = 24 * HOUR
/** A webhook is scheduled shortly before its job has finished. */
const FIRST_DELAY_MS = 50
const UNFINISHED_MS = SECOND
const CONCURRENCY = 10
/** If a body would be larger, it is sent without the result. */
const MAX_BODY_BYTES = 65_536
const GONE = 410
/** How often a callback is sent if it fails. Unlike a webhook, it contains the whole result, which Redis must not keep for long. */
const CALLBACK_ATTEMPTS = 3

interface WebhookData {
  tokenName: string
  id: string
  url: string
  body?: string
  /** PUT for a callback, whose body is not that of a job. */
  method?: 'PUT'
}

interface SenderParts {
  redis: Redis
  jobs: Pick<Jobs, 'get'>
  codec: RecordCodec
  targets: WebhookTargets
  secrets: string[]
  /** Returns the JSON text of a job. */
  jobJson: (job: Job) => Buffer
  observer: JobObserver
  log: Record<'warn' | 'error', (details: object, message: string) => void>
  /** For tests. */
  delaysMs?: number[]
}

/** Schedules webhooks and sends them, in a BullMQ queue for all tokens. */
export class WebhookSender {
  readonly #parts: SenderParts
  readonly #delaysMs: number[]
  readonly #endpoints: WebhookEndpoints
  readonly #queue: Queue
  #worker: Worker | undefined

  constructor (parts: SenderParts) {
    this.#parts = parts
    this.#delaysMs = parts.delaysMs ?? DELAYS_MS
    this.#endpoints = new WebhookEndpoints(parts.redis)
    this.#queue = new Queue(QUEUE, { connection: parts.redis, prefix: PREFIX })
    this.#queue.on('error', () => {})
  }

  start (): void {
    this.#worker = new Worker(QUEUE, async (job, lock) => { await this.#process(job, lock ?? '') }, {
      connection: this.#parts.redis,
      prefix: PREFIX,
      concurrency: CONCURRENCY,
      maxStalledCount: 10,
      settings: { backoffStrategy: (attempts) => this.#delaysMs[attempts - 1] ?? 0 }
    })
    this.#worker.on('error', ({ message }) => this.#parts.log.error({ reason: message }, 'the worker for webhooks reports an error'))
  }

  /** Schedules the webhook of a job. It is sent when the job has finished. Has no effect if it is already scheduled. */
  async schedule (tokenName: string, id: string, url: string): Promise<void> {
    await this.#add({ tokenName, id, url }, this.#delaysMs.length + 1)
  }

  get callbacks (): Callbacks {
    return {
      attempts: CALLBACK_ATTEMPTS,
      timeoutMs: WEBHOOK_TIMEOUT_MS,
      check: (url) => this.#parts.targets.check(url, 'callback_url'),
      send: async (callback: Callback) => await this.#add({ ...callback, method: 'PUT' }, CALLBACK_ATTEMPTS)
    }
  }

  async close (): Promise<void> {
    await Promise.all([this.#worker?.close(), this.#queue.close()])
  }

  async #add (data: WebhookData, attempts: number): Promise<void> {
    await this.#queue.add('webhook', this.#encode(data), {
      jobId: data.id,
      delay: FIRST_DELAY_MS,
      attempts,
      backoff: { type: 'custom' },
      removeOnComplete: true,
      removeOnFail: true,
      stackTraceLimit: 0
    })
  }

  async #process (job: BullJob, lock: string): Promise<void> {
    const data = this.#parts.codec.decode(job.data, QUEUE) as WebhookData
    const url = new URL(data.url)
    if (Date.now() - job.timestamp > MAX_AGE_MS) return this.#report(data, 'dropped', 'age')
    const body = data.body ?? await this.#bodyOf(data)
    if (body === 'deleted') return this.#report(data, 'dropped', 'job_deleted')
    if (body === 'unfinished') return await this.#postpone(job, lock, UNFINISHED_MS)
    if (data.body === undefined) await job.updateData(this.#encode({ ...data, body }))
    const disabledMs = await this.#endpoints.disabledMs(data.tokenName, url)
    if (disabledMs > 0) {
      if (data.method === 'PUT') return this.#report(data, 'dropped', 'endpoint_disabled')
      this.#report(data, 'postponed', 'endpoint_disabled')
      return await this.#postpone(job, lock, disabledMs)
    }
    await this.#send({ ...data, body }, url)
  }

  async #send (data: WebhookData & { body: string }, url: URL): Promise<void> {
    const { secrets, targets } = this.#parts
    const message = { method: data.method ?? 'POST' as const, url, id: `msg_${data.id}`, body: data.body }
    const reason = await sendWebhook(message, secrets, targets).catch((error: NodeJS.ErrnoException) => error.code ?? error.name)
    if (typeof reason === 'number' && reason >= 200 && reason < 300) {
      await this.#endpoints.succeeded(data.tokenName, url)
      return this.#report(data, 'delivered', String(reason))
    }
    this.#report(data, 'failed', String(reason))
    if (await this.#endpoints.failed(data.tokenName, url)) this.#parts.log.warn({ host: url.host, reason }, 'webhook endpoint disabled for an hour')
    throw reason === GONE ? new UnrecoverableError(String(reason)) : new Error(String(reason))
  }

  async #postpone (job: BullJob, lock: string, delayMs: number): Promise<never> {
    await job.moveToDelayed(Date.now() + delayMs, lock)
    throw new DelayedError()
  }

  /** Returns the body of the webhook, or why there is none. */
  async #bodyOf ({ tokenName, id }: WebhookData): Promise<string | 'unfinished' | 'deleted'> {
    try {
      const job = await this.#parts.jobs.get(tokenName, id)
      if (job.finishedAtMs === undefined) return 'unfinished'
      const body = this.#bodyWith(job)
      return body.length <= MAX_BODY_BYTES ? body : this.#bodyWith({ ...job, outcome: undefined })
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      return error.statusCode === 404 ? 'deleted' : 'unfinished'
    }
  }

  #bodyWith (job: Job): string {
    const timestamp = new Date(job.finishedAtMs ?? 0).toISOString()
    return `{"type":"job.${job.status}","timestamp":"${timestamp}","data":${this.#parts.jobJson(job).toString('utf8')}}`
  }

  #encode (data: WebhookData): unknown {
    return this.#parts.codec.encode(data, QUEUE)
  }

  #report ({ tokenName, id, url }: WebhookData, outcome: WebhookRecord['outcome'], reason: string): void {
    this.#parts.observer.webhookSent({ tokenName, jobId: id, host: new URL(url).host, outcome, reason })
  }
}
