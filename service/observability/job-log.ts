import type { Logger } from 'pino'

import type { JobObserver, JobRecord, WebhookRecord } from '../runs/job-ports.js'

/** Logs one line for each finished job and one for each request of a webhook. Never logs code, output, tokens or the path of a URL. */
export class JobLog implements JobObserver {
  constructor (private readonly logger: Logger) {}

  jobFinished (record: JobRecord): void {
    this.logger.info(record, 'job')
  }

  webhookSent (record: WebhookRecord): void {
    this.logger[record.outcome === 'delivered' ? 'info' : 'warn'](record, 'webhook')
  }
}
