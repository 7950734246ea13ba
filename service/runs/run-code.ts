import { streamReadFailed } from '../errors.js'
import { decodeResult, decodeRunnerLine } from '../protocol/result-decoder.js'
import { measurementsOf, refuseLimitOutcome, resultOfEndedRun, type DecodedResult } from '../protocol/result.js'
import type { Admission } from './admission.js'
import type { Exchange, RunObserver, RunRecord, RunRequest, Runs, Sandbox, Sandboxes } from './ports.js'

/**
 * Time that the runner gets on top of its own limit before the service ends the run, which loses the output. One second
 * was not enough under a fork bomb at a load average of 37.
 */
const BACKSTOP_MS = 2000
/**
 * Time after its limit when a runner without a result may be waiting for CPU: PID 1 shares the quota that the program
 * overdraws in long system calls (seen on Linux 6.18).
 */
const OVERDUE_MS = 300
/**
 * Bytes of JSON for a byte of output: six for a control character, its base64, and both again in `build` where a build
 * fails: 13.4.
 */
const RESULT_BYTES_PER_OUTPUT_BYTE = 16
const RESULT_BYTES_FIXED = 65_536

interface RunnerParts {
  sandboxes: Sandboxes
  admission: Admission
  observers: RunObserver[]
  limits: { timeMs: number, outputBytes: number }
  limitsResponse: 'result' | 'error'
}

/** The steps of a run: admission, lease, payload, result. The container is removed in the background. */
export class CodeRunner implements Runs {
  readonly #parts: RunnerParts

  constructor (parts: RunnerParts) {
    this.#parts = parts
  }

  /**
   * @throws ServiceError where the service, the engine or the image failed; a program that fails is a normal result
   * @throws the signal's reason when the client closes its connection
   */
  async run (request: RunRequest): Promise<DecodedResult> {
    const { admission, observers, limitsResponse } = this.#parts
    for (const observer of observers) observer.submitted?.({ ...identityOf(request), payload: request.payload })
    const startedAt = performance.now()
    const record: Pick<RunRecord, 'pooled' | 'phases'> = { pooled: false, phases: {} }
    let decoded: DecodedResult | undefined
    const release = await admission.enter(request.tokenName, request.signal)
    record.phases.queue = performance.now() - startedAt
    try {
      decoded = await this.#runInLease(request, record)
      if (limitsResponse === 'error') refuseLimitOutcome(decoded.result)
      return decoded
    } finally {
      release()
      record.phases.total = performance.now() - startedAt
      const finished = { ...identityOf(request), ...record, ...measurementsOf(reliableResult(request, decoded)) }
      for (const observer of observers) observer.finished(finished)
    }
  }

  /** Takes another container if a pooled one ended before it got the payload. */
  async #runInLease (request: RunRequest, record: Pick<RunRecord, 'pooled' | 'phases'>): Promise<DecodedResult> {
    for (;;) {
      const sandbox = await this.#parts.sandboxes.lease(request.image)
      record.pooled = sandbox.pooled
      const decoded = await this.#runIn(sandbox, request, record.phases)
      if (decoded !== undefined) return decoded
    }
  }

  async #runIn (sandbox: Sandbox, request: RunRequest, phases: Record<string, number>): Promise<DecodedResult | undefined> {
    Object.assign(phases, sandbox.phases)
    const startedAt = performance.now()
    try {
      return await this.#exchange(sandbox, request)
    } finally {
      phases.exchange = performance.now() - startedAt
      sandbox.retire()
    }
  }

  /** @returns undefined where the container ended before it got the payload */
  async #exchange (sandbox: Sandbox, { image, payload, limits, signal }: RunRequest): Promise<DecodedResult | undefined> {
    signal.throwIfAborted()
    const ours = image.language !== undefined
    const timeMs = Math.min(this.#parts.limits.timeMs, limits.timeMs ?? Infinity)
    const outputBytes = Math.min(this.#parts.limits.outputBytes, limits.outputBytes ?? Infinity)
    const startedAt = performance.now()
    const exchange = await sandbox.exchange(payload, {
      resultIsFirstLine: ours,
      deadlineMs: ours ? timeMs + BACKSTOP_MS : timeMs,
      overdueMs: ours ? timeMs + OVERDUE_MS : undefined,
      maxBytes: ours ? outputBytes * RESULT_BYTES_PER_OUTPUT_BYTE + RESULT_BYTES_FIXED : outputBytes,
      signal
    })
    const durationMs = performance.now() - startedAt
    switch (exchange.end) {
      case 'lost': return undefined
      case 'cancelled': throw signal.reason
      case 'deadline': return resultOfEndedRun('timeout', `Time limit of ${timeMs / 1000} s exceeded`, durationMs)
      case 'unresponsive': throw streamReadFailed('The run has no result, and the engine does not report its container as running: it is paused, or the engine does not respond')
      case 'too_large': return resultOfEndedRun('output_limit', `Output limit of ${outputBytes} bytes exceeded`, durationMs)
      case 'result': return decodeRunnerLine(exchange.stdout)
      case 'eof': return await decodeAtEof(sandbox, exchange, { ours, durationMs })
    }
  }
}

/** Decodes the output of a stream that ended. Without a result, the container may have run out of memory. */
async function decodeAtEof (
  sandbox: Sandbox, { stdout, stderr }: Exchange, { ours, durationMs }: { ours: boolean, durationMs: number }
): Promise<DecodedResult> {
  try {
    return decodeResult(stdout, stderr)
  } catch (error) {
    if (await sandbox.ranOutOfMemory()) return resultOfEndedRun('out_of_memory', 'Out of memory', durationMs)
    // Our runner always writes a result. Without one, something else ended the container, as an engine does that stops.
    if (ours && stdout.length + stderr.length === 0) throw streamReadFailed('The container ended without a result')
    throw error
  }
}

/** What measurements may be read from: in a foreign image's result, its program may have written everything. */
function reliableResult ({ image }: RunRequest, decoded: DecodedResult | undefined) {
  return decoded !== undefined && image.language === undefined ? {} : decoded?.result
}

function identityOf ({ requestId, tokenName, image }: RunRequest) {
  return { requestId, tokenName, image: image.ref }
}
