import type { RequestedLimits } from '../runs/ports.js'
import type { RequestLimits } from './payload.js'

/** Limits as requests carry them (seconds, bytes) in the service's units. */
export function toRequestedLimits (limits: RequestLimits | null | undefined): RequestedLimits {
  const toMs = (seconds: number | undefined) => seconds === undefined ? undefined : seconds * 1000
  return { timeMs: toMs(limits?.time), buildTimeMs: toMs(limits?.buildTime), outputBytes: limits?.output }
}

/** The way back: as the runner takes them. */
export function toPayloadLimits ({ timeMs, buildTimeMs, outputBytes }: RequestedLimits): RequestLimits {
  return {
    ...(timeMs === undefined ? {} : { time: timeMs / 1000 }),
    ...(buildTimeMs === undefined ? {} : { buildTime: buildTimeMs / 1000 }),
    ...(outputBytes === undefined ? {} : { output: outputBytes })
  }
}

/** The stricter of two sets of requested limits, field by field. */
export function stricterLimits (a: RequestedLimits, b: RequestedLimits): RequestedLimits {
  const least = (x?: number, y?: number) => x === undefined || y === undefined ? x ?? y : Math.min(x, y)
  return {
    timeMs: least(a.timeMs, b.timeMs),
    buildTimeMs: least(a.buildTimeMs, b.buildTimeMs),
    outputBytes: least(a.outputBytes, b.outputBytes)
  }
}
