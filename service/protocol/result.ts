import { Type, type Static } from 'typebox'

import { executionTimeExceeded, readSizeExceeded } from '../errors.js'

/** The possible outcomes of a run. docs/protocol.md describes each outcome. */
export const OUTCOMES = [
  'completed', 'failed', 'signaled', 'timeout', 'output_limit', 'out_of_memory', 'build_failed', 'invalid'
] as const

export type Outcome = typeof OUTCOMES[number]

/** The steps of a run. */
export const PHASES = ['build', 'run'] as const

export type Phase = typeof PHASES[number]

const integerOrNull = (description: string) => Type.Unsafe<number | null>({ type: ['integer', 'null'], description })

const FileSchema = Type.Object({
  name: Type.String(),
  content: Type.Optional(Type.String({ description: 'Absent if the file does not fit' })),
  encoding: Type.Optional(Type.Unsafe<'utf8' | 'base64'>({ type: 'string', enum: ['utf8', 'base64'] })),
  size: Type.Integer({ description: 'Size of the file in bytes' }),
  truncated: Type.Optional(Type.Boolean({ description: 'Whether the content is missing' })),
  error: Type.Optional(Type.String({ description: 'The reason if the file cannot be returned' }))
})

/**
 * The result of a run. To add a member, change this schema, result.c of the runner and docs/protocol.md. The compiler then requires
 * the member in `resultOfEndedRun`, which creates the results of the service.
 */
export const ResultSchema = Type.Object({
  stdout: Type.String({ description: 'The output of the program as text; bytes that are not valid UTF-8 are replaced with U+FFFD' }),
  stderr: Type.String(),
  error: Type.String({ description: 'Empty on success, otherwise a sentence with the reason' }),
  duration: Type.Integer({ description: 'Wall-clock time of the run step in nanoseconds' }),
  outcome: Type.Unsafe<Outcome>({ type: 'string', enum: [...OUTCOMES], description: 'The outcome of the run' }),
  exitCode: integerOrNull('The exit code of the program; null if a signal terminated it'),
  signal: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'The signal that terminated the program, for example SIGSEGV' }),
  stdoutBytes: Type.Integer({ description: 'Number of bytes that the program wrote and the runner read' }),
  stderrBytes: Type.Integer(),
  stdoutTruncated: Type.Boolean({ description: 'Whether the text was truncated at a limit' }),
  stderrTruncated: Type.Boolean(),
  stdoutBase64: Type.Optional(Type.String({ description: 'The exact bytes; present only if the text cannot represent them' })),
  stderrBase64: Type.Optional(Type.String()),
  cpuTime: Type.Integer({ description: 'User and system CPU time of all processes in nanoseconds' }),
  memoryPeak: integerOrNull('The peak memory usage of the container in bytes; null if the kernel does not report it'),
  build: Type.Optional(Type.Object({
    stdout: Type.String(),
    stderr: Type.String(),
    exitCode: integerOrNull('The exit code of the build; null if a signal terminated it'),
    duration: Type.Integer({ description: 'Wall-clock time of the build step in nanoseconds' })
  }, { description: 'The result of the build step, if there was one' })),
  // This member is optional, because older runners do not write it.
  phase: Type.Optional(Type.Unsafe<Phase>({ type: 'string', enum: [...PHASES], description: 'The step to which the outcome applies' })),
  files: Type.Optional(Type.Array(FileSchema, { description: 'The files that match `outputs`, in the order of their names' })),
  cases: Type.Optional(Type.Array(Type.Object({
    matched: Type.Optional(Type.Boolean({ description: 'Whether stdout matches `expectedStdout`' }))
  }, { description: 'The members of a result without `build`, and `matched` if the case has `expectedStdout`' }), { description: 'The results of the cases' })),
  streamed: Type.Optional(Type.Boolean({ description: 'Present in streamed runs: whether the events were sent while the program ran' }))
}, {
  description: 'The result of the run, including programs that fail. Images that do not implement the runner protocol return a different object.',
  examples: [{
    stdout: 'Hello World!\n',
    stderr: '',
    error: '',
    duration: 8_412_345,
    outcome: 'completed',
    exitCode: 0,
    signal: null,
    stdoutBytes: 13,
    stderrBytes: 0,
    stdoutTruncated: false,
    stderrTruncated: false,
    cpuTime: 9_120_000,
    memoryPeak: 9_437_184,
    phase: 'run'
  }]
})

/** A complete result, which the runner or the service wrote. */
type FullResult = Static<typeof ResultSchema>

/** The members that every image returns. */
type CommonResult = Pick<FullResult, 'stdout' | 'stderr' | 'error'>

/** A decoded result. A foreign image must return only the common members, and other members can have any type. */
export type RunResult = CommonResult & Partial<FullResult>

/** Members that can be several megabytes long and are rarely read. They are decoded on first access. */
export const LAZY_MEMBERS: ReadonlyArray<keyof FullResult> = ['stdout', 'stderr', 'stdoutBase64', 'stderrBase64', 'build', 'files', 'cases']

export interface DecodedResult {
  result: RunResult
  /** The bytes of the result as the image wrote them. They are sent to the client unchanged. */
  json: Buffer
}

/** The measurements in a result that logs and metrics use. */
export interface RunMeasurements {
  /** The outcome. `foreign` means that the image does not report a known outcome, and `none` means that the run failed with an error. */
  outcome: Outcome | 'foreign' | 'none'
  durationNs: number | undefined
  stdoutBytes: number | undefined
  stderrBytes: number | undefined
  cpuTimeNs: number | undefined
  memoryPeakBytes: number | undefined
}

export function isResult (value: unknown): value is RunResult {
  if (typeof value !== 'object' || value === null) return false
  const { stdout, stderr, error } = value as Record<string, unknown>
  return typeof stdout === 'string' && typeof stderr === 'string' && typeof error === 'string'
}

/** Creates the result of a run that the service stopped. The service cannot detect builds, so the phase is always `run`. */
export function resultOfEndedRun (outcome: Outcome, error: string, durationMs: number): DecodedResult {
  const result: FullResult = {
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
 * Reports a reached limit as an error, as glot does. Used with `RUN_LIMITS_RESPONSE=error`.
 * @throws ServiceError `limits.execution_time` or `limits.read.size`, with the partial result in the body
 */
export function refuseLimitOutcome (result: RunResult): void {
  if (result.outcome === 'timeout') throw executionTimeExceeded(result.error, { details: { result } })
  if (result.outcome === 'output_limit') throw readSizeExceeded(result.error, { details: { result } })
}

/**
 * Extracts the measurements from a result.
 * @param result undefined if the run failed with an error, and `{}` if the members of the result are not reliable
 */
export function measurementsOf (result: Partial<RunResult> | undefined): RunMeasurements {
  return {
    outcome: result === undefined ? 'none' : OUTCOMES.find((outcome) => outcome === result.outcome) ?? 'foreign',
    durationNs: measurement(result?.duration),
    stdoutBytes: measurement(result?.stdoutBytes),
    stderrBytes: measurement(result?.stderrBytes),
    cpuTimeNs: measurement(result?.cpuTime),
    memoryPeakBytes: measurement(result?.memoryPeak)
  }
}

/** Returns a plausible number or undefined. An image with the protocol label can still write any value. */
function measurement (value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
