import { internalError, ServiceError } from '../errors.js'
import type { Images, Runs } from '../runs/ports.js'
import type { Tokens } from '../runs/token-ports.js'
import type { JobRecord } from './job-record.js'
import { errorOutcome, failureBody, resultOutcome } from './outcome-store.js'

/** Time in milliseconds after which a job without a slot goes back to the queue, because another machine may have a free slot. */
const GIVE_WAY_MS = 2000
const GAVE_WAY = new Error('no slot for the job')

export type FinalVerdict =
  | { type: 'completed', outcome: Buffer }
  /** `retry`: the engine failed, so the job may run again later. */
  | { type: 'failed' | 'retry', outcome: Buffer, error: string }

/** How a worker continues with a job. `returned`: the job did not start and goes back to the queue. */
export type Verdict = FinalVerdict | { type: 'returned' }

export interface StartedJob {
  tokenName: string
  id: string
  record: JobRecord
  /** Whether a client cancelled the job before it started. */
  cancelled: boolean
  /** Aborts if a client cancels the job (reason `CANCELLED`), or if another worker has taken it over. */
  signal: AbortSignal
}

interface ProcessorParts {
  images: Pick<Images, 'describe'>
  runs: Runs
  tokens: Pick<Tokens, 'policyOf'>
  maxResultBytes: number
  log: { error: (details: object, message: string) => void }
  giveWayMs?: number
}

/** Runs jobs as background runs. */
export class JobProcessor {
  constructor (private readonly parts: ProcessorParts) {}

  async process (job: StartedJob): Promise<Verdict> {
    if (this.parts.tokens.policyOf(job.tokenName) === undefined) return failed(failureBody('tokenRemoved'))
    if (job.cancelled) return failed(failureBody('cancelled'))
    if ((job.record.expiresAtMs ?? Infinity) <= Date.now()) return failed(failureBody('expired'))
    try {
      const result = await this.#run(job)
      if (result.length > this.parts.maxResultBytes) return failed(failureBody('tooLarge'))
      return { type: 'completed', outcome: resultOutcome(result) }
    } catch (error) {
      return this.#verdictOf(error, job)
    }
  }

  async #run ({ tokenName, id, record, signal }: StartedJob): Promise<Buffer> {
    const { images, runs, giveWayMs = GIVE_WAY_MS } = this.parts
    const image = await images.describe(record.image)
    const controller = new AbortController()
    const giveWay = setTimeout(() => controller.abort(GAVE_WAY), giveWayMs)
    try {
      const { json } = await runs.run({
        requestId: record.requestId,
        tokenName,
        jobId: id,
        image,
        payload: Buffer.from(record.payload),
        limits: record.limits,
        streams: false,
        signal: AbortSignal.any([signal, controller.signal]),
        background: { admitted: () => clearTimeout(giveWay) }
      })
      return json
    } finally {
      clearTimeout(giveWay)
    }
  }

  #verdictOf (error: unknown, { id, signal }: StartedJob): Verdict {
    if (error === GAVE_WAY) return { type: 'returned' }
    if (signal.aborted) return failed(failureBody('cancelled'))
    if (!(error instanceof ServiceError)) {
      this.parts.log.error({ err: error, jobId: id }, 'a job failed unexpectedly')
      return failed(internalError(error).body)
    }
    if (error.statusCode === 503) return { type: 'returned' }
    if (error.statusCode !== 500 || !error.slug.startsWith('docker.')) return failed(error.body)
    this.parts.log.error({ err: error.cause ?? error, slug: error.slug, jobId: id }, 'a run of a job failed')
    return { ...failed(error.body), type: 'retry' }
  }
}

function failed (body: Record<string, unknown>): { type: 'failed', outcome: Buffer, error: string } {
  return { type: 'failed', outcome: errorOutcome(body), error: String(body.error) }
}
