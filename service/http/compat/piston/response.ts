import type { RunResult } from '../../../protocol/result.js'
import { endedInBuild, type StepResult } from '../payload-run.js'
import { signalNumber } from '../signal-number.js'
import type { Job } from './request.js'
import type { ExecuteResponse, Stage } from './schema.js'

const NS_PER_MS = 1e6

type Reason = Pick<Stage, 'code' | 'signal' | 'message' | 'status'>

/** @param output stdout and stderr of the run in the order of their arrival */
export function responseOf (result: StepResult, { runtime: { language, version }, cpuMs }: Job, output: string): ExecuteResponse {
  if (endedInBuild(result)) {
    const failed = failedBuild(result)
    return { compile: failed, run: failed, language, version }
  }
  const { build, buildCpuTime } = result
  const late = result.outcome === 'timeout' || (cpuMs !== undefined && (result.cpuTime ?? 0) > cpuMs * NS_PER_MS)
  const run = { stdout: result.stdout, stderr: result.stderr, output, ...reasonOf(result, late), ...measurementsOf(result) }
  if (build === undefined) return { run, language, version }
  const compile: Stage = {
    ...textsOf(build), code: build.exitCode, signal: null, message: null, status: null, cpu_time: buildCpuTime === undefined ? null : buildCpuTime / NS_PER_MS, wall_time: build.duration / NS_PER_MS, memory: null
  }
  return { compile, run, language, version }
}

function failedBuild (result: RunResult): Stage {
  const { build } = result
  const reason = reasonOf({ ...result, ...(build === undefined ? {} : { exitCode: build.exitCode }) }, result.outcome === 'timeout')
  return { ...textsOf(build ?? result), ...reason, ...measurementsOf(result), wall_time: (build?.duration ?? result.duration ?? 0) / NS_PER_MS }
}

function textsOf ({ stdout, stderr }: { stdout: string, stderr: string }) {
  return { stdout, stderr, output: stdout + stderr }
}

/** Returns how a step ended. @param late whether it reached its time limit */
export function reasonOf (result: RunResult, late: boolean): Reason {
  const { outcome, exitCode, stdoutTruncated } = result
  if (late) return { code: null, signal: 'SIGKILL', message: 'Time limit exceeded', status: 'TO' }
  if (outcome === 'output_limit') {
    const [status, stream] = stdoutTruncated === true ? ['OL', 'stdout'] as const : ['EL', 'stderr'] as const
    return { code: null, signal: 'SIGKILL', message: `${stream} length exceeded`, status }
  }
  if (typeof exitCode === 'number') {
    return { code: exitCode, signal: null, message: exitCode === 0 ? null : `Exited with error status ${exitCode}`, status: exitCode === 0 ? null : 'RE' }
  }
  const signal = typeof result.signal === 'string' ? result.signal : 'SIGKILL'
  return { code: null, signal, message: `Caught fatal signal ${signalNumber(signal) ?? signal}`, status: 'SG' }
}

function measurementsOf ({ cpuTime = 0, duration = 0, memoryPeak = null }: RunResult) {
  return { cpu_time: cpuTime / NS_PER_MS, wall_time: duration / NS_PER_MS, memory: memoryPeak }
}
