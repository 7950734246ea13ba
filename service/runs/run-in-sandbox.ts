import { streamReadFailed } from '../errors.js'
import { decodeResult, decodeRunnerLine } from '../protocol/result-decoder.js'
import { resultOfEndedRun, type DecodedResult } from '../protocol/result.js'
import type { Exchange, RunRequest, Sandbox } from './ports.js'

/**
 * Additional time for the runner after its own time limit before the service ends the run and loses the output, in
 * milliseconds. One second was not sufficient during a fork bomb with a load average of 37.
 */
const BACKSTOP_MS = 2000
/**
 * If a runner has no result this many milliseconds after the time limit, it may lack CPU time. PID 1 shares the CPU
 * quota, which programs exceed in long system calls (observed on Linux 6.18).
 */
const OVERDUE_MS = 300

type SandboxRun = Omit<RunRequest, 'requestId' | 'tokenName'>

/**
 * Sends a payload to a container and decodes its result.
 * @returns undefined if the container ended before it received the payload
 * @throws ServiceError if the engine or the image failed
 * @throws the reason of the signal if the client closes its connection
 */
export async function runInSandbox (
  sandbox: Sandbox, { image, payload, limits: { timeMs, outputBytes, resultBytes }, streams, signal, events, input }: SandboxRun
): Promise<DecodedResult | undefined> {
  signal.throwIfAborted()
  const ours = image.language !== undefined
  const startedAt = performance.now()
  const ending = sandbox.exchange(payload, {
    resultIsFirstLine: ours,
    deadlineMs: ours ? timeMs + BACKSTOP_MS : timeMs,
    overdueMs: ours ? timeMs + OVERDUE_MS : undefined,
    maxBytes: resultBytes,
    onEvent: streams ? (event) => events?.event(event) : undefined,
    input,
    signal
  })
  events?.started()
  const exchange = await ending
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

/** Decodes the output of a stream that has ended. If there is no result, the container may have run out of memory. */
async function decodeAtEof (
  sandbox: Sandbox, { stdout, stderr }: Exchange, { ours, durationMs }: { ours: boolean, durationMs: number }
): Promise<DecodedResult> {
  try {
    return decodeResult(stdout, stderr)
  } catch (error) {
    if (await sandbox.ranOutOfMemory()) return resultOfEndedRun('out_of_memory', 'Out of memory', durationMs)
    // The runner always writes a result. Without a result, something else ended the container, for example an engine
    // that is stopping.
    if (ours && stdout.length + stderr.length === 0) throw streamReadFailed('The container ended without a result')
    throw error
  }
}
