import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

import type { JobCounts, JobObserver, JobRecord, WebhookRecord } from '../runs/job-ports.js'

const WAIT_SECONDS = [0.01, 0.1, 1, 10, 60, 300, 1800, 3600, 21_600, 86_400]

/** Collects the metrics of jobs and webhooks. */
export class JobMetrics implements JobObserver {
  readonly #registry: Registry
  readonly #finished: Counter
  readonly #restarts: Counter
  readonly #waitSeconds: Histogram
  readonly #webhooks: Counter

  constructor (registry: Registry) {
    const registers = [registry]
    this.#registry = registry
    this.#finished = new Counter({ name: 'runonce_jobs_finished_total', help: 'Finished jobs by status', labelNames: ['token', 'status'], registers })
    this.#restarts = new Counter({ name: 'runonce_job_restarts_total', help: 'Repeated starts of finished jobs', labelNames: ['token'], registers })
    this.#waitSeconds = new Histogram({ name: 'runonce_job_wait_seconds', help: 'Time from the request to the start of a job', labelNames: [], buckets: WAIT_SECONDS, registers })
    this.#webhooks = new Counter({ name: 'runonce_webhooks_total', help: 'Requests for webhooks by outcome', labelNames: ['token', 'outcome'], registers })
  }

  jobFinished ({ tokenName: token, status, waitMs, starts }: JobRecord): void {
    this.#finished.inc({ token, status })
    this.#restarts.inc({ token }, Math.max(0, starts - 1))
    this.#waitSeconds.observe(Math.max(0, waitMs) / 1e3)
  }

  webhookSent ({ tokenName: token, outcome }: WebhookRecord): void {
    this.#webhooks.inc({ token, outcome })
  }

  /** Adds the number of jobs, which each service reads from Redis. It is absent while Redis does not respond. */
  addCounts (source: JobCounts): void {
    const gauge = new Gauge({
      name: 'runonce_jobs',
      help: 'Jobs in Redis by status, the same in each service',
      labelNames: ['token', 'status'],
      registers: [this.#registry],
      collect: async () => {
        const counts = await source.counts().catch(() => [])
        gauge.reset()
        for (const { tokenName: token, status, count } of counts) gauge.set({ token, status }, count)
      }
    })
  }
}
