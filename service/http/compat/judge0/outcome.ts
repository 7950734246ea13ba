import { constants } from 'node:os'

import type { RunResult } from '../../../protocol/result.js'
import type { ImageDescription } from '../../../runs/ports.js'
import { outputOf, type InterleavedOutput } from '../interleaved-output.js'
import { endedInBuild } from '../payload-run.js'
import { endingSignal } from '../signal-number.js'
import type { Attributes } from './attributes.js'
import { BYTES_PER_KILOBYTE } from './limits.js'
import { STATUS, statusOfSignal } from './statuses.js'

const NS_PER_SECOND = 1e9
const { SIGKILL, SIGXFSZ } = constants.signals
/** The characters that Ruby's rstrip removes. */
const WHITE_SPACE = '\0\t\n\v\f\r '

/** The fields that Judge0 reports about a run. */
export interface Outcome {
  stdout: Buffer | null
  stderr: Buffer | null
  compile_output: Buffer | null
  message: string | null
  exit_code: number | null
  exit_signal: number | null
  status_id: number
  /** CPU time and wall-clock time in seconds. */
  time: string | null
  wall_time: string | null
  /** Peak memory in kilobytes. */
  memory: number | null
}

type Reason = Pick<Outcome, 'status_id' | 'message' | 'exit_code' | 'exit_signal'>

export const NO_OUTCOME: Outcome = {
  stdout: null, stderr: null, compile_output: null, message: null, exit_code: null, exit_signal: null, status_id: STATUS.inQueue, time: null, wall_time: null, memory: null
}

interface Run {
  attributes: Attributes
  image: ImageDescription
  /** The memory limit of the program in bytes; undefined if only that of the container applies. */
  memoryLimit: number | undefined
  /** Present if stderr is redirected to stdout. */
  events: InterleavedOutput | undefined
}

/** Converts a result. With several runs, the output is that of the last run, which is the first that is not accepted. */
export function outcomeOf (result: RunResult, run: Run): Outcome {
  const { build } = result
  if (endedInBuild(result)) return { ...NO_OUTCOME, status_id: STATUS.compilationError, compile_output: failedBuildOutput(result) }
  const cases = result.cases as RunResult[] | undefined
  const runs = cases === undefined || cases.length === 0 ? [result] : cases
  const reasons = runs.map((each) => reasonOf(each, run))
  const failed = reasons.findIndex(({ status_id: status }) => status !== STATUS.accepted)
  const index = failed < 0 ? runs.length - 1 : failed
  const [last, reason] = [runs[index] ?? result, reasons[index]]
  const { stdout, stderr } = outputOf(last)
  const { events } = run
  const counted = runs.slice(0, index + 1)
  return {
    ...NO_OUTCOME,
    stdout: orNull(events?.of(last, index) ?? stdout),
    stderr: orNull(events === undefined ? stderr : Buffer.alloc(0)),
    compile_output: build === undefined ? null : orNull(Buffer.from(build.stdout + build.stderr)),
    ...reason,
    time: seconds(mean(counted.map(({ cpuTime = 0 }) => cpuTime))),
    wall_time: seconds(last.duration ?? 0),
    memory: memoryOf(counted)
  }
}

function failedBuildOutput ({ build, outcome, stdout, stderr }: RunResult): Buffer | null {
  if (outcome === 'timeout') return Buffer.from('Compilation time limit exceeded.')
  return orNull(Buffer.from(build === undefined ? stdout + stderr : build.stdout + build.stderr))
}

function reasonOf (run: RunResult, { attributes: { cpu_time_limit: cpuLimit, expected_output: expected }, image, memoryLimit }: Run): Reason {
  const { outcome, exitCode, cpuTime = 0, memoryPeak } = run
  const none = { exit_code: 0, exit_signal: null, message: null }
  if (outcome === 'timeout') return { ...none, status_id: STATUS.timeLimitExceeded, message: 'Time limit exceeded (wall clock)' }
  if (cpuTime > cpuLimit * NS_PER_SECOND) return { ...none, status_id: STATUS.timeLimitExceeded, message: 'Time limit exceeded' }
  if (outcome === 'invalid') return { ...none, exit_code: null, status_id: STATUS.internalError, message: run.error }
  if (outcome === 'output_limit') return signaled(SIGXFSZ)
  // The container of a language with a build has more memory than the limit, because the build runs in it too.
  const tooMuch = image.language?.builds === true && memoryLimit !== undefined && (memoryPeak ?? 0) > memoryLimit
  if (outcome === 'out_of_memory' || tooMuch) return signaled(SIGKILL)
  if (typeof exitCode !== 'number') return signaled(endingSignal(run))
  if (exitCode !== 0) return { ...none, exit_code: exitCode, status_id: STATUS.nonZeroExitCode, message: `Exited with error status ${exitCode}` }
  const correct = expected === null || stripped(expected) === stripped(outputOf(run).stdout)
  return { ...none, status_id: correct ? STATUS.accepted : STATUS.wrongAnswer }
}

function signaled (signal: number): Reason {
  return { status_id: statusOfSignal(signal), exit_code: 0, exit_signal: signal, message: `Caught fatal signal ${signal}` }
}

/** Removes white space at the end of lines and at the end of the text. */
function stripped (text: Buffer): string {
  return rightStripped(text.toString('latin1').split('\n').map(rightStripped).join('\n'))
}

/** A regular expression would take quadratic time for long white space within a line. */
function rightStripped (line: string): string {
  let end = line.length
  while (end > 0 && WHITE_SPACE.includes(line.charAt(end - 1))) end--
  return line.slice(0, end)
}

function orNull (content: Buffer): Buffer | null {
  return content.length === 0 ? null : content
}

function seconds (nanoseconds: number): string {
  return (nanoseconds / NS_PER_SECOND).toFixed(3)
}

function memoryOf (runs: RunResult[]): number | null {
  const peaks = runs.flatMap(({ memoryPeak }) => typeof memoryPeak === 'number' ? [memoryPeak] : [])
  return peaks.length === 0 ? null : Math.round(mean(peaks) / BYTES_PER_KILOBYTE)
}

function mean (numbers: number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length
}
