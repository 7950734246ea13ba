import { streamReadFailed } from '../errors.js'
import { decodeOwnResult, decodeResult, endedResult, refuseLimitOutcome } from '../protocol/result-decoder.js'
import type { Admission } from './admission.js'
import { OUTCOMES } from './ports.js'
import type {
  Exchange, RunAnswer, RunObserver, RunRequest, RunResult, Runs, Sandbox, Sandboxes
} from './ports.js'

/**
 * What the runner gets on top of its own limit before the service ends the run itself, and its output is lost. A second
 * was too little under a fork bomb on a machine with a load of 37.
 */
const BACKSTOP_MS = 2000
/**
 * A runner that has not answered so long after its limit may be waiting for CPU time: PID 1 shares the quota of a program
 * that has overdrawn it, in long system calls (seen on Linux 6.18).
 */
const OVERDUE_MS = 300
/**
 * A result's JSON text against its output: six bytes for a control character, base64 of it again, and a failing build's
 * once more in `build`: 13.4.
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

/** A run's life: admission, lease, payload, result; removal follows off the path. */
export class CodeRunner implements Runs {
  readonly #parts: RunnerParts

  constructor (parts: RunnerParts) {
    this.#parts = parts
  }

  /**
   * @throws ServiceError where we, the engine or the image failed; code that fails is a normal result
   * @throws the signal's reason when the client goes away
   */
  async run (request: RunRequest): Promise<RunAnswer> {
    const { admission, sandboxes, observers, limitsResponse } = this.#parts
    for (const observer of observers) observer.submitted({ ...named(request), sources: request.sources })
    const startedAt = performance.now()
    const phases: Record<string, number> = {}
    let answer: RunAnswer | undefined
    let pooled = false
    const release = await admission.enter(request.tokenName, request.signal)
    phases.queue = performance.now() - startedAt
    try {
      const sandbox = await sandboxes.lease(request.image)
      pooled = sandbox.pooled
      // A waiting container that was lost at the very moment of its lease says nothing of the program: another one, once.
      answer = await this.#runIn(sandbox, request, phases, pooled) ??
        await this.#runIn(await sandboxes.lease(request.image), request, phases, false) as RunAnswer
      if (limitsResponse === 'error') refuseLimitOutcome(answer)
      return answer
    } finally {
      release()
      phases.total = performance.now() - startedAt
      const record = recordOf(request, pooled, phases, answer)
      for (const observer of observers) observer.finished(record)
    }
  }

  async #runIn (sandbox: Sandbox, request: RunRequest, phases: Record<string, number>, mayBeLost: boolean): Promise<RunAnswer | undefined> {
    Object.assign(phases, sandbox.phases)
    const startedAt = performance.now()
    try {
      return await this.#exchange(sandbox, request, mayBeLost)
    } finally {
      phases.exchange = performance.now() - startedAt
      sandbox.retire()
    }
  }

  async #exchange (sandbox: Sandbox, { image, payload, limits, signal }: RunRequest, mayBeLost: boolean): Promise<RunAnswer | undefined> {
    signal.throwIfAborted()
    const ours = image.language !== undefined
    const timeMs = Math.min(this.#parts.limits.timeMs, limits.timeMs ?? Infinity)
    const outputBytes = Math.min(this.#parts.limits.outputBytes, limits.outputBytes ?? Infinity)
    const startedAt = performance.now()
    const exchange = await sandbox.exchange(Buffer.from(payload), {
      resultIsFirstLine: ours,
      deadlineMs: ours ? timeMs + BACKSTOP_MS : timeMs,
      overdueMs: ours ? timeMs + OVERDUE_MS : undefined,
      maxBytes: ours ? outputBytes * RESULT_BYTES_PER_OUTPUT_BYTE + RESULT_BYTES_FIXED : outputBytes,
      signal
    })
    const durationMs = performance.now() - startedAt
    switch (exchange.end) {
      case 'cancelled': throw signal.reason
      case 'deadline': return endedResult('timeout', `Time limit of ${timeMs / 1000} s exceeded`, durationMs)
      case 'too_large': return endedResult('output_limit', `Output limit of ${outputBytes} bytes exceeded`, durationMs)
      case 'result': return decodeOwnResult(exchange.stdout)
      case 'eof': return await decodeAtEnd(sandbox, exchange, { ours, durationMs, mayBeLost })
    }
  }
}

/** A stream that ended without a result: out of memory, by the engine's word, or lost (undefined), or a fault. */
async function decodeAtEnd (
  sandbox: Sandbox, { stdout, stderr }: Exchange, { ours, durationMs, mayBeLost }: { ours: boolean, durationMs: number, mayBeLost: boolean }
): Promise<RunAnswer | undefined> {
  try {
    return decodeResult(stdout, stderr)
  } catch (error) {
    if (await sandbox.ranOutOfMemory()) return endedResult('out_of_memory', 'Out of memory', durationMs)
    if (stdout.length + stderr.length > 0) throw error
    if (mayBeLost) return undefined
    // Our runner always answers: somebody ended its container, as an engine does that stops.
    throw ours ? streamReadFailed('The container was ended before it gave a result') : error
  }
}

function recordOf (request: RunRequest, pooled: boolean, phases: Record<string, number>, answer: RunAnswer | undefined) {
  // Members beyond glot's three are anything at all in a foreign image's result, its program's output too.
  const result = request.image.language === undefined && answer !== undefined ? {} as Partial<RunResult> : answer?.result
  return {
    ...named(request),
    outcome: result === undefined ? 'none' : OUTCOMES.find((outcome) => outcome === result.outcome) ?? 'foreign',
    pooled,
    phases,
    durationNs: figure(result?.duration),
    stdoutBytes: figure(result?.stdoutBytes),
    stderrBytes: figure(result?.stderrBytes),
    cpuTimeNs: figure(result?.cpuTime),
    memoryPeakBytes: figure(result?.memoryPeak)
  }
}

/** What can be one, and nothing else: an image that says that it speaks our protocol may say anything. */
function figure (value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

function named ({ requestId, tokenName, image }: RunRequest) {
  return { requestId, tokenName, image: image.ref }
}
