import { isUtf8 } from 'node:buffer'

import type { FastifyReply, FastifyRequest } from 'fastify'

import { ServiceError } from '../../errors.js'
import { supportsVersion2 } from '../../protocol/image-labels.js'
import { buildLimitMs, MIN_MEMORY_BYTES, type MaximumLimits } from '../../protocol/limits.js'
import { checkPayload, checkVersion } from '../../protocol/payload-checks.js'
import type { Payload } from '../../protocol/payload-schema.js'
import { encodePayload } from '../../protocol/payload.js'
import type { DecodedResult, RunResult } from '../../protocol/result.js'
import type { ImageDescription, RunEvents } from '../../runs/ports.js'
import { clientSignal } from '../client-signal.js'
import { identityOf, type CodeRunParts } from '../code-runs.js'

/** Time limits for build and run, in milliseconds. */
export interface StepTimes {
  buildMs: number
  runMs: number
}

interface PayloadRun {
  image: ImageDescription
  payload: Payload
  /** Time limits for build and run, if the payload has none. */
  times?: StepTimes
  /** Receives the output while the program runs, if the image supports this. */
  events?: RunEvents
  /** Aborts when the client cancels the run or disconnects. The default aborts when it disconnects. */
  signal?: AbortSignal
}

/** The result of a run without cases. */
export interface StepResult extends RunResult {
  /** CPU time of the build in nanoseconds, if build and run are measured separately. */
  buildCpuTime?: number
}

/**
 * Runs a payload with separate time limits for build and run, and returns its result.
 * @throws ServiceError
 */
export async function runPayload ({ runs, config }: CodeRunParts, request: FastifyRequest, reply: FastifyReply, options: PayloadRun): Promise<StepResult> {
  const { image, events, signal = clientSignal(reply) } = options
  const payload = withTimes(options, config.run)
  const version = image.language?.protocol ?? 1
  checkVersion(payload, image.ref, version)
  checkPayload(payload, config.run)
  const submission = encodePayload(payload, { maximum: config.run, version, stream: events !== undefined })
  const run = { ...submission, image, ...identityOf(request), signal, ...(events === undefined ? {} : { events }) }
  return withoutCases(await resultOf(runs.run(run)))
}

/**
 * Returns the result of a run. With `RUN_LIMITS_RESPONSE=error`, a run that reaches a limit returns its result too, because the other
 * systems do not have an error for this.
 * @throws ServiceError
 */
export async function resultOf (run: Promise<DecodedResult>): Promise<RunResult> {
  try {
    return (await run).result
  } catch (error) {
    const partial = error instanceof ServiceError ? error.body.result : undefined
    if (partial === undefined) throw error
    return partial as RunResult
  }
}

/** Returns a file of a payload. Text is not encoded, so that images of protocol version 1 accept it. */
export function fileOf (name: string, content: Buffer): Payload['files'][number] {
  return isUtf8(content) ? { name, content: content.toString('utf8') } : { name, content: content.toString('base64'), encoding: 'base64' }
}

/** Adds time limits. `limits.time` covers build and run, but with cases, it applies to each case and not to the build. */
function withTimes ({ payload, image: { language }, times }: PayloadRun, maximum: MaximumLimits): Payload {
  if (times === undefined) return payload
  const { limits } = payload
  const time = times.runMs / 1000
  if (language?.builds !== true || !supportsVersion2(language.protocol)) return { ...payload, limits: { ...limits, time } }
  const buildTime = Math.min(times.buildMs, buildLimitMs(maximum)) / 1000
  return { ...payload, limits: { ...limits, buildTime }, cases: [{ limits: { time } }] }
}

/** Returns the result of the only case with the build. Without cases, or if the case was not reached, returns the result itself. */
function withoutCases (result: RunResult): StepResult {
  const [only] = (result.cases ?? []) as RunResult[]
  if (only === undefined) return result
  const buildCpuTime = Math.max(0, (result.cpuTime ?? 0) - (only.cpuTime ?? 0))
  return { ...only, ...(result.build === undefined ? {} : { build: result.build, buildCpuTime }) }
}

/** Returns whether the result is that of the build step because the program did not start. Older runners do not report the phase. */
export function endedInBuild ({ phase, outcome, build }: RunResult): boolean {
  if (phase !== undefined) return phase === 'build'
  return outcome === 'build_failed' || (build !== undefined && build.exitCode !== 0)
}

/** Returns a memory limit that a container can have: at least the minimum and at most `DOCKER_CONTAINER_MEMORY_CAP`. */
export function possibleMemory (bytes: number, { memoryCapBytes }: { memoryCapBytes: number }): number {
  return Math.min(Math.max(Math.trunc(bytes), MIN_MEMORY_BYTES), memoryCapBytes)
}
