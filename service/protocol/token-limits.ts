import { fromWireLimits, stricterLimits, toWireLimits, type RequestedLimits, type RunLimits, type WireLimits } from './limits.js'
import type { Submission } from './payload.js'

/** Limits that apply to all runs of a token, in milliseconds and bytes. */
export interface TokenLimits extends RequestedLimits {
  /** Time of the build and all cases together. */
  casesTimeMs?: number | undefined
  /** Time of an interactive run, instead of `timeMs`. */
  interactiveTimeMs?: number | undefined
}

/** The resources of a run's container if the request contains no limits. */
export interface ContainerDefaults {
  memoryBytes: number
  processes: number
}

interface EncodedPayload {
  limits?: WireLimits & { total?: number }
  cases?: Array<{ limits?: WireLimits }>
  interactive?: boolean
}

/**
 * Lowers the limits of a run to those of its token. For each limit, the lower value applies.
 * @param foreign whether the image does not implement the runner protocol, so that only the service enforces the limits
 */
export function lowerLimits (submission: Submission, ceiling: TokenLimits, { defaults, foreign }: { defaults: ContainerDefaults, foreign: boolean }): Submission {
  const { payload, limits, streams } = submission
  const encoded = foreign ? {} : JSON.parse(payload.toString('utf8')) as EncodedPayload
  return {
    payload: foreign ? payload : Buffer.from(JSON.stringify(lowerPayload(encoded, ceiling))),
    limits: lowerRun(limits, ceiling, { defaults, foreign, timeMs: wholeTimeMs(encoded, ceiling) }),
    streams
  }
}

/** Returns the time limit of the token for the whole run. */
function wholeTimeMs ({ cases, interactive }: EncodedPayload, { timeMs, casesTimeMs, interactiveTimeMs }: TokenLimits): number | undefined {
  if (interactive === true) return interactiveTimeMs
  return cases === undefined ? timeMs : casesTimeMs
}

function lowerRun (limits: RunLimits, { outputBytes, memoryBytes, processes }: TokenLimits, run: { defaults: ContainerDefaults, foreign: boolean, timeMs: number | undefined }): RunLimits {
  const output = Math.min(limits.outputBytes, outputBytes ?? Infinity)
  return {
    timeMs: Math.min(limits.timeMs, run.timeMs ?? Infinity),
    outputBytes: output,
    resultBytes: run.foreign ? Math.min(limits.resultBytes, output) : limits.resultBytes,
    memoryBytes: lowerOf(limits.memoryBytes, memoryBytes, run.defaults.memoryBytes),
    processes: lowerOf(limits.processes, processes, run.defaults.processes)
  }
}

/** Returns undefined if the container has its normal limit, so that a waiting container need not be changed. */
function lowerOf (requested: number | undefined, ceiling: number | undefined, normal: number): number | undefined {
  if (ceiling === undefined || ceiling >= (requested ?? normal)) return requested
  return ceiling
}

function lowerPayload (encoded: EncodedPayload, ceiling: TokenLimits): EncodedPayload {
  const { limits, cases, interactive } = encoded
  const { timeMs, buildTimeMs, casesTimeMs, interactiveTimeMs, outputBytes } = ceiling
  const ofStep = interactive === true
    // The build of an interactive run does not wait for its user.
    ? { timeMs: interactiveTimeMs, buildTimeMs: buildTimeMs ?? timeMs, outputBytes }
    : { timeMs, buildTimeMs, outputBytes }
  const total = limits?.total
  return {
    ...encoded,
    limits: { ...limits, ...lowerWire(limits, ofStep), ...(total === undefined ? {} : { total: Math.min(total, seconds(casesTimeMs)) }) },
    ...(cases === undefined ? {} : { cases: cases.map((each) => each.limits === undefined ? each : { ...each, limits: lowerWire(each.limits, { timeMs, outputBytes }) }) })
  }
}

function lowerWire (limits: WireLimits | undefined, ceiling: RequestedLimits): WireLimits {
  return toWireLimits(stricterLimits(fromWireLimits(limits), ceiling))
}

function seconds (ms: number | undefined): number {
  return ms === undefined ? Infinity : ms / 1000
}
