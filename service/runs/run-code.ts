import { measurementsOf, refuseLimitOutcome, type DecodedResult } from '../protocol/result.js'
import type { Admission } from './admission.js'
import type { NodeHealth } from './node-health.js'
import type { RunRequest, Runs, Sandbox, Sandboxes } from './ports.js'
import type { RunObserver, RunRecord } from './status-ports.js'
import { runInSandbox } from './run-in-sandbox.js'

interface RunnerParts {
  sandboxes: Sandboxes
  admission: Admission
  health: Pick<NodeHealth, 'refuseIfFailing' | 'succeeded' | 'failed'>
  observers: RunObserver[]
  limitsResponse: 'result' | 'error'
}

/** The steps of a run: admission, lease, payload, result. The container is removed in the background. */
export class CodeRunner implements Runs {
  readonly #parts: RunnerParts

  constructor (parts: RunnerParts) {
    this.#parts = parts
  }

  /**
   * @throws ServiceError if the service, the engine or the image fails; a program that fails is a normal result
   * @throws the reason of the signal if the client closes its connection
   */
  async run (request: RunRequest): Promise<DecodedResult> {
    const { health } = this.#parts
    health.refuseIfFailing()
    try {
      return await this.#runAdmitted(request)
    } catch (error) {
      throw await health.failed(error, request.image)
    }
  }

  async #runAdmitted (request: RunRequest): Promise<DecodedResult> {
    const { admission, health, observers, limitsResponse } = this.#parts
    for (const observer of observers) observer.submitted?.({ ...identityOf(request), payload: request.payload })
    const startedAt = performance.now()
    const record: Pick<RunRecord, 'pooled' | 'phases'> = { pooled: false, phases: request.phases ?? {} }
    let decoded: DecodedResult | undefined
    const release = await admission.enter(request.tokenName, request.signal, { background: request.background !== undefined })
    request.background?.admitted()
    record.phases.queue = performance.now() - startedAt
    try {
      // The node may have become unhealthy while the run waited.
      health.refuseIfFailing()
      decoded = await this.#runInLease(request, record)
      health.succeeded()
      if (limitsResponse === 'error') refuseLimitOutcome(decoded.result)
      return decoded
    } finally {
      release()
      record.phases.total = performance.now() - startedAt
      const finished = { ...identityOf(request), ...record, ...measurementsOf(reliableResult(request, decoded)) }
      for (const observer of observers) observer.finished(finished)
    }
  }

  /** Takes another container if a pooled container ended before it received the payload. */
  async #runInLease (request: RunRequest, record: Pick<RunRecord, 'pooled' | 'phases'>): Promise<DecodedResult> {
    for (;;) {
      const startedAt = performance.now()
      const sandbox = await this.#parts.sandboxes.lease(request.image, request.limits)
      record.phases.lease = performance.now() - startedAt
      record.pooled = sandbox.pooled
      const decoded = await this.#runIn(sandbox, request, record.phases)
      if (decoded !== undefined) return decoded
    }
  }

  async #runIn (sandbox: Sandbox, request: RunRequest, phases: Record<string, number>): Promise<DecodedResult | undefined> {
    Object.assign(phases, sandbox.phases)
    const startedAt = performance.now()
    try {
      return await runInSandbox(sandbox, request)
    } finally {
      phases.exchange = performance.now() - startedAt
      sandbox.retire()
    }
  }
}

/** Returns the members that are reliable. The result of a foreign image may have been written entirely by its program. */
function reliableResult ({ image }: RunRequest, decoded: DecodedResult | undefined) {
  return decoded !== undefined && image.language === undefined ? {} : decoded?.result
}

function identityOf ({ requestId, tokenName, image, jobId }: RunRequest) {
  return { requestId, tokenName, image: image.ref, ...(jobId === undefined ? {} : { jobId }) }
}
