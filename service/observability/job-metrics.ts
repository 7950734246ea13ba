import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

import type { JobCounts, JobObserver, JobRecord, TokenJobs, WebhookRecord } from '../runs/job-ports.js'

/** Histogram buckets in seconds, up to a day. */
const WAIT_SECONDS = [0.01, 0.1, 1, 10, 60, 300, 1800, 3600, 21_600, 86_400]
const JOB_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400]

/** Collects the metrics of jobs and webhooks. */
export class JobMetrics implements JobObserver {
  readonly #registry: Registry
  readonly #finished: Counter
  readonly #restarts: Counter
  readonly #waitSeconds: Histogram
  readonly #seconds: Histogram
  readonly #webhooks: Counter

  constructor (registry: Registry) {
    const registers = [registry]
    this.#registry = registry
    this.#finished = new Counter({ name: 'runonce_jobs_finished_total', help: 'Finished jobs by status and error', labelNames: ['token', 'status', 'error'], registers })
    this.#restarts = new Counter({ name: 'runonce_job_restarts_total', help: 'Repeated starts of finished jobs', labelNames: ['token'], registers })
    this.#waitSeconds = new Histogram({ name: 'runonce_job_wait_seconds', help: 'Time from the request to the start of a job', labelNames: [], buckets: WAIT_SECONDS, registers })
    this.#seconds = new Histogram({ name: 'runonce_job_seconds', help: 'Time from the request to the end of a job', labelNames: ['status'], buckets: JOB_SECONDS, registers })
    this.#webhooks = new Counter({ name: 'runonce_webhooks_total', help: 'Requests for webhooks by outcome', labelNames: ['token', 'outcome'], registers })
  }

  jobFinished ({ tokenName: token, status, waitMs, totalMs, starts, error = '' }: JobRecord): void {
    this.#finished.inc({ token, status, error })
    this.#restarts.inc({ token }, Math.max(0, starts - 1))
    this.#waitSeconds.observe(Math.max(0, waitMs) / 1e3)
    this.#seconds.observe({ status }, Math.max(0, totalMs) / 1e3)
  }

  webhookSent ({ tokenName: token, outcome }: WebhookRecord): void {
    this.#webhooks.inc({ token, outcome })
  }

  /** Adds gauges for the jobs in Redis, which each service reads at each scrape. While Redis does not respond, only `runonce_redis_up` is present. */
  addCounts (source: JobCounts): void {
    const read = shared(async () => await source.counts().catch(() => undefined))
    this.#gauge('runonce_redis_up', 'Whether Redis responds', [], async (gauge) => gauge.set(await read() === undefined ? 0 : 1))
    const addGauge = (name: string, help: string, labelNames: string[], set: (gauge: Gauge, jobs: TokenJobs) => void) => {
      this.#gauge(name, help, labelNames, async (gauge) => {
        const tokens = await read() ?? []
        gauge.reset()
        for (const jobs of tokens) set(gauge, jobs)
      })
    }
    addGauge('runonce_jobs', 'Jobs in Redis by status, the same in each service', ['token', 'status'], (gauge, { tokenName: token, counts }) => {
      for (const [status, count] of Object.entries(counts)) gauge.set({ token, status }, count)
    })
    addGauge('runonce_jobs_oldest_seconds', 'Age of the oldest waiting job, the same in each service', ['token'], (gauge, { tokenName: token, oldestQueuedAtMs }) => {
      gauge.set({ token }, oldestQueuedAtMs === undefined ? 0 : Math.max(0, Date.now() - oldestQueuedAtMs) / 1e3)
    })
  }

  #gauge (name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => Promise<void>): void {
    const gauge: Gauge = new Gauge({ name, help, labelNames, registers: [this.#registry], collect: async () => await collect(gauge) })
  }
}

/** Returns a function whose calls during one execution of `work` share its result. */
function shared<T> (work: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined
  return async () => {
    current ??= work().finally(() => { current = undefined })
    return await current
  }
}
