/** The interfaces for asynchronous runs. create-service.ts connects the modules. */
import type { Submission } from '../protocol/payload.js'
import type { ImageDescription } from './ports.js'

export const JOB_STATUSES = ['queued', 'active', 'completed', 'failed'] as const

export type JobStatus = typeof JOB_STATUSES[number]

/** Priorities are from 1 (first) to this number. */
export const MAX_PRIORITY = 10

/** The jobs of one request. */
export interface NewJobs {
  requestId: string
  tokenName: string
  runs: Array<Submission & { image: ImageDescription }>
  /** URL that receives the webhooks. */
  webhook?: string | undefined
  /** From 1 (first) to MAX_PRIORITY. It applies among the jobs of the token. */
  priority: number
  /** Time after which a job that has not started fails, in milliseconds. */
  ttlMs?: number | undefined
  /** Identifies repetitions of the request. */
  idempotency?: { key: string, body: Buffer } | undefined
}

export interface JobSummary {
  id: string
  status: JobStatus
  /** Times in milliseconds since the epoch. */
  createdAtMs: number
  startedAtMs: number | undefined
  finishedAtMs: number | undefined
}

export interface Job extends JobSummary {
  /** Number of jobs of the token that start before it. Undefined if the job is not waiting. */
  position: number | undefined
  /** For a finished job, JSON text `{"result":…}` or `{"error":…}`. */
  outcome: Buffer | undefined
}

export interface JobPage {
  jobs: JobSummary[]
  /** Present if there are more jobs. */
  next: string | undefined
}

// Implemented by jobs/, used by http/. Each method throws ServiceError `jobs.unavailable` (503) if Redis does not respond.

export interface Jobs {
  /**
   * @returns the IDs, in the order of the runs
   * @throws ServiceError `request.invalid` (webhook), `jobs.too_many`, `jobs.idempotency_key`
   */
  add (jobs: NewJobs): Promise<string[]>
  /** @throws ServiceError `jobs.not_found` */
  get (tokenName: string, id: string): Promise<Job>
  /** @param after the member `next` of the previous page */
  list (tokenName: string, options: { status: JobStatus | undefined, after: string | undefined, limit: number }): Promise<JobPage>
  /**
   * Deletes a job. A job that runs is stopped and then fails.
   * @returns whether the job is deleted
   * @throws ServiceError `jobs.not_found`
   */
  cancel (tokenName: string, id: string): Promise<boolean>
  /** Calls the listener when the status of a job may have changed. Returns a function that removes the listener. */
  watch (tokenName: string, id: string, listener: () => void): () => void
}

/** The result of a run for the URL that its client named. */
export interface Callback {
  tokenName: string
  /** A UUID. The receiver can use this ID to detect repetitions. */
  id: string
  url: string
  /** JSON text. */
  body: string
}

/** Sends results to clients, with the rules and the signature of webhooks. */
export interface Callbacks {
  /** How often a request is sent if it fails, and the time limit of each. */
  readonly attempts: number
  readonly timeoutMs: number
  /** @throws ServiceError `request.invalid` if nothing may be sent to this URL */
  check (url: string): void
  /** Schedules a PUT request. Resolves when Redis has stored it, however long that takes. */
  send (callback: Callback): Promise<void>
}

// Implemented by observability/, used by jobs/.

export interface JobRecord {
  tokenName: string
  jobId: string
  requestId: string
  status: 'completed' | 'failed'
  /** Time from the request to the start, in milliseconds. */
  waitMs: number
  /** Time from the request to the end, in milliseconds. */
  totalMs: number
  /** How often the job was started. */
  starts: number
  /** The slug of the error of a failed job. */
  error?: string
}

/** A request to the URL of a webhook. */
export interface WebhookRecord {
  tokenName: string
  jobId: string
  host: string
  outcome: 'delivered' | 'failed' | 'postponed' | 'dropped'
  /** HTTP status or error code. */
  reason: string
}

export interface JobObserver {
  jobFinished (record: JobRecord): void
  webhookSent (record: WebhookRecord): void
}

/** A job whose span continues the trace of the request that created it. */
export interface TracedJob {
  id: string
  tokenName: string
  /** The trace context of the request (W3C Trace Context). */
  traceparent: string | undefined
}

export interface JobTracing {
  /** Returns the trace context of the current request. */
  traceparent (): string | undefined
  traceJob<T> (job: TracedJob, work: () => Promise<T>): Promise<T>
}

/** The jobs of a token in Redis. */
export interface TokenJobs {
  tokenName: string
  counts: Record<JobStatus, number>
  /** Time in milliseconds since the epoch at which the oldest waiting job was created. Undefined if no job waits. */
  oldestQueuedAtMs: number | undefined
}

/** Implemented by jobs/, used by observability/. */
export interface JobCounts {
  /** @throws ServiceError `jobs.unavailable` (503) if Redis does not respond */
  counts (): Promise<TokenJobs[]>
}
