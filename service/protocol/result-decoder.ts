import { executionTimeExceeded, readSizeExceeded, runnerWroteStderr, stdoutDecodeFailed } from '../errors.js'
import { lazyResult } from './lazy-result.js'
import type { Outcome, RunAnswer, RunResult } from '../runs/ports.js'

const QUOTED_BYTES = 200
const LARGE_BYTES = 65_536

/**
 * Reads what an image wrote to stdout as a result.
 * @throws ServiceError `coderunner.stderr`, `coderunner.stdout.decode` when it is none
 */
export function decodeResult (stdout: Buffer, stderr: Buffer): RunAnswer {
  if (stderr.length > 0) throw runnerWroteStderr(quote(stderr))
  const value = parseJson(stdout)
  if (!isResult(value)) throw stdoutDecodeFailed(quote(stdout))
  return { result: value, json: stdout }
}

/**
 * The same for the first line of a runner of ours, whose word is good: a large one is not taken apart for a log line.
 * @throws ServiceError `coderunner.stdout.decode` when it is none
 */
export function decodeOwnResult (line: Buffer): RunAnswer {
  if (line.length < LARGE_BYTES) return decodeResult(line, Buffer.alloc(0))
  const result = lazyResult(line)
  if (result === undefined) throw stdoutDecodeFailed(quote(line))
  return { result, json: line }
}

/** A result for a run that the service had to end itself, in the runner's own shape. */
export function endedResult (outcome: Outcome, error: string, durationMs: number): RunAnswer {
  const result: RunResult & Record<string, unknown> = {
    stdout: '',
    stderr: '',
    error,
    duration: Math.round(durationMs * 1e6),
    outcome,
    exitCode: null,
    signal: null,
    stdoutBytes: 0,
    stderrBytes: 0,
    stdoutTruncated: outcome === 'output_limit',
    stderrTruncated: outcome === 'output_limit',
    cpuTime: 0,
    memoryPeak: null,
    phase: 'run'
  }
  return { result, json: Buffer.from(JSON.stringify(result)) }
}

/**
 * glot's way of telling a limit, for `RUN_LIMITS_RESPONSE=error`.
 * @throws ServiceError `limits.execution_time`, `limits.read.size`; the body carries the partial result as well
 */
export function refuseLimitOutcome ({ result }: RunAnswer): void {
  if (result.outcome === 'timeout') throw executionTimeExceeded(result.error, { result })
  if (result.outcome === 'output_limit') throw readSizeExceeded(result.error, { result })
}

function isResult (value: unknown): value is RunResult {
  if (typeof value !== 'object' || value === null) return false
  const { stdout, stderr, error } = value as Record<string, unknown>
  return typeof stdout === 'string' && typeof stderr === 'string' && typeof error === 'string'
}

function parseJson (text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'))
  } catch {
    return undefined
  }
}

function quote (bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, QUOTED_BYTES).toString('utf8'))
}
