import type { RequestedLimits } from './ports.js'

export function stricter (own: number, asked: number | undefined): number {
  return asked === undefined ? own : Math.min(own, asked)
}

/** The stricter of two sets of requested limits, field by field. */
export function stricterLimits (a: RequestedLimits, b: RequestedLimits): RequestedLimits {
  const least = (x?: number, y?: number) => x === undefined ? y : stricter(x, y)
  return {
    timeMs: least(a.timeMs, b.timeMs),
    buildTimeMs: least(a.buildTimeMs, b.buildTimeMs),
    outputBytes: least(a.outputBytes, b.outputBytes)
  }
}
