import { isUtf8 } from 'node:buffer'

import type { FastifyReply, FastifyRequest } from 'fastify'

import { ServiceError } from '../../errors.js'
import { MIN_MEMORY_BYTES } from '../../protocol/limits.js'
import { checkPayload, checkVersion } from '../../protocol/payload-checks.js'
import type { Payload } from '../../protocol/payload-schema.js'
import { encodePayload } from '../../protocol/payload.js'
import type { RunResult } from '../../protocol/result.js'
import type { ImageDescription, RunEvents } from '../../runs/ports.js'
import { clientSignal } from '../client-signal.js'
import { identityOf, type CodeRunParts } from '../code-runs.js'

interface PayloadRun {
  image: ImageDescription
  payload: Payload
  /** Receives the output while the program runs, if the image supports this. */
  events?: RunEvents
  /** Aborts when the client cancels the run or disconnects. The default aborts when it disconnects. */
  signal?: AbortSignal
}

/**
 * Runs a payload and returns its result. With `RUN_LIMITS_RESPONSE=error`, a run that reaches a limit returns its result too, because
 * the other systems do not have an error for this.
 * @throws ServiceError
 */
export async function runPayload ({ runs, config }: CodeRunParts, request: FastifyRequest, reply: FastifyReply, { image, payload, events, signal }: PayloadRun): Promise<RunResult> {
  const version = image.language?.protocol ?? 1
  checkVersion(payload, image.ref, version)
  checkPayload(payload, config.run)
  const submission = encodePayload(payload, { maximum: config.run, version, stream: events !== undefined })
  try {
    const run = { ...submission, image, ...identityOf(request), signal: signal ?? clientSignal(reply), ...(events === undefined ? {} : { events }) }
    return (await runs.run(run)).result
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

/** Time limits for build and run, in milliseconds. */
export interface StepTimes {
  buildMs: number
  runMs: number
}

/** Combines the time limits of both steps, because `limits.time` covers both: a short build leaves more time to the run. */
export function timeLimits ({ language }: ImageDescription, { buildMs, runMs }: StepTimes): { time: number, buildTime?: number } {
  return language?.builds === true ? { time: (buildMs + runMs) / 1000, buildTime: buildMs / 1000 } : { time: runMs / 1000 }
}

/** Returns whether the run step took longer than its own time limit. @see timeLimits */
export function ranTooLong ({ outcome, duration = 0 }: RunResult, runMs: number): boolean {
  return outcome === 'timeout' || duration > runMs * 1e6
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
