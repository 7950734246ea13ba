import { Type, type Static } from 'typebox'

import { executionTimeExceeded, readSizeExceeded } from '../errors.js'

/** How a run can end. docs/protocol.md explains each. */
export const OUTCOMES = [
  'completed', 'failed', 'signaled', 'timeout', 'output_limit', 'out_of_memory', 'build_failed', 'invalid'
] as const

export type Outcome = typeof OUTCOMES[number]

/** The steps of a run. */
export const PHASES = ['build', 'run'] as const

export type Phase = typeof PHASES[number]

const integerOrNull = (description: string) => Type.Unsafe<number | null>({ type: ['integer', 'null'], description })

/**
 * The result of a run. A new member is added here, in the runner's result.c and in docs/protocol.md; for the results that
 * the service itself makes, the compiler then asks for it in `resultOfEndedRun`.
 */
export const ResultSchema = Type.Object({
  stdout: Type.String({ description: 'The program\'s output as text; bytes that are not UTF-8 are shown as U+FFFD' }),
  stderr: Type.String(),
  error: Type.String({ description: 'Empty on success, else the reason in a sentence' }),
  duration: Type.Integer({ description: 'Wall time of the run step, nanoseconds' }),
  outcome: Type.Unsafe<Outcome>({ type: 'string', enum: [...OUTCOMES], description: 'How the run ended' }),
  exitCode: integerOrNull('The program\'s exit code; null where a signal ended it'),
  signal: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'The signal that ended the program, for example SIGSEGV' }),
  stdoutBytes: Type.Integer({ description: 'Bytes that the program wrote and the runner read' }),
  stderrBytes: Type.Integer(),
  stdoutTruncated: Type.Boolean({ description: 'Whether a limit cut the text' }),
  stderrTruncated: Type.Boolean(),
  stdoutBase64: Type.Optional(Type.String({ description: 'The exact bytes; present only where the text cannot represent them' })),
  stderrBase64: Type.Optional(Type.String()),
  cpuTime: Type.Integer({ description: 'User and system CPU time of all processes, nanoseconds' }),
  memoryPeak: integerOrNull('The container\'s peak memory, bytes; null where the kernel does not report it'),
  build: Type.Optional(Type.Object({
    stdout: Type.String(),
    stderr: Type.String(),
    exitCode: integerOrNull('Null where a signal ended the build'),
    duration: Type.Integer({ description: 'Wall time of the build step, nanoseconds' })
  }, { description: 'The build step, where there was one' })),
  // Optional: images with an older runner do not have it.
  phase: Type.Optional(Type.Unsafe<Phase>({ type: 'string', enum: [...PHASES], description: 'The step that the outcome is about' }))
}, {
  description: 'The result of the run, whatever the program did. An image that does not speak runonce\'s protocol returns an object of its own.',
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

/** A complete result, as our runner and the service itself write it. */
type FullResult = Static<typeof ResultSchema>

/** The members that every image returns. */
type CommonResult = Pick<FullResult, 'stdout' | 'stderr' | 'error'>

/** A decoded result. A foreign image promises the common members only, and may use the names of the others for anything. */
export type RunResult = CommonResult & Partial<FullResult>

/** Members that can have megabytes and that few runs look at: decoded on first access. */
export const LAZY_MEMBERS: ReadonlyArray<keyof FullResult> = ['stdout', 'stderr', 'stdoutBase64', 'stderrBase64', 'build']

export interface DecodedResult {
  result: RunResult
  /** The result as the image wrote it; clients get these bytes. */
  json: Buffer
}

/** What logs and metrics read from a result. */
export interface RunMeasurements {
  /** An outcome; `foreign`: the image has outcomes of its own, or none; `none`: the run ended in an error. */
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

/** The result of a run that the service ended itself. The service cannot see builds, so the phase is always `run`. */
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
 * glot's way of reporting a limit, for `RUN_LIMITS_RESPONSE=error`.
 * @throws ServiceError `limits.execution_time`, `limits.read.size`, with the partial result in the body
 */
export function refuseLimitOutcome (result: RunResult): void {
  if (result.outcome === 'timeout') throw executionTimeExceeded(result.error, { details: { result } })
  if (result.outcome === 'output_limit') throw readSizeExceeded(result.error, { details: { result } })
}

/** @param result undefined: the run ended in an error; `{}`: nothing in it can be relied on */
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

/** Drops everything but plausible numbers: an image that claims to speak our protocol may write any value. */
function measurement (value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
