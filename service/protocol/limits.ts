import { Type, type Static } from 'typebox'

/** Limits in requests and payloads, in seconds and bytes. */
export const LimitsSchema = Type.Object({
  time: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Wall-clock time in seconds for build and run together' })),
  buildTime: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Wall-clock time in seconds for the build step' })),
  output: Type.Optional(Type.Integer({ minimum: 1, description: 'Size of stdout and stderr together in bytes' }))
}, { description: 'Lower limits for this run. For each limit, the lower value of the request and the service applies.' })

export type WireLimits = Static<typeof LimitsSchema>

/** The same limits in milliseconds and bytes. */
export interface RequestedLimits {
  timeMs?: number | undefined
  buildTimeMs?: number | undefined
  outputBytes?: number | undefined
}

export function fromWireLimits (limits: WireLimits | null | undefined): RequestedLimits {
  const toMs = (seconds: number | undefined) => seconds === undefined ? undefined : seconds * 1000
  return { timeMs: toMs(limits?.time), buildTimeMs: toMs(limits?.buildTime), outputBytes: limits?.output }
}

export function toWireLimits ({ timeMs, buildTimeMs, outputBytes }: RequestedLimits): WireLimits {
  return {
    ...(timeMs === undefined ? {} : { time: timeMs / 1000 }),
    ...(buildTimeMs === undefined ? {} : { buildTime: buildTimeMs / 1000 }),
    ...(outputBytes === undefined ? {} : { output: outputBytes })
  }
}

/** Combines two sets of limits. For each limit, the lower value applies. */
export function stricterLimits (a: RequestedLimits, b: RequestedLimits): RequestedLimits {
  const least = (x?: number, y?: number) => x === undefined || y === undefined ? x ?? y : Math.min(x, y)
  return {
    timeMs: least(a.timeMs, b.timeMs),
    buildTimeMs: least(a.buildTimeMs, b.buildTimeMs),
    outputBytes: least(a.outputBytes, b.outputBytes)
  }
}
