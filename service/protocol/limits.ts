import { Type, type Static } from 'typebox'

import { invalidRequest } from '../errors.js'

/** Below these values, containers of some runtimes do not start. */
const MIN_MEMORY_BYTES = 16 * 1024 * 1024
const MIN_PROCESSES = 8

/** Limits in requests and payloads, in seconds and bytes. */
export const LimitsSchema = Type.Object({
  time: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Wall-clock time in seconds for build and run together' })),
  buildTime: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Wall-clock time in seconds for the build step' })),
  output: Type.Optional(Type.Integer({ minimum: 1, description: 'Size of stdout and stderr together in bytes' })),
  memory: Type.Optional(Type.Integer({ minimum: MIN_MEMORY_BYTES, description: 'Memory of the container in bytes, at most `DOCKER_CONTAINER_MEMORY_CAP`. It can be higher than the default.' })),
  processes: Type.Optional(Type.Integer({ minimum: MIN_PROCESSES, description: 'Processes and threads in the container, at most `DOCKER_CONTAINER_NPROC_CAP`. It can be higher than the default.' }))
}, { description: 'Limits for this run. For time and output, the lower value of the request and the service applies.' })

export type WireLimits = Static<typeof LimitsSchema>

/** The same limits in milliseconds and bytes. */
export interface RequestedLimits {
  timeMs?: number | undefined
  buildTimeMs?: number | undefined
  outputBytes?: number | undefined
  /** The limits of the container. They are not part of the payload, because the service enforces them. */
  memoryBytes?: number | undefined
  processes?: number | undefined
}

export function fromWireLimits (limits: WireLimits | null | undefined): RequestedLimits {
  const toMs = (seconds: number | undefined) => seconds === undefined ? undefined : seconds * 1000
  return { timeMs: toMs(limits?.time), buildTimeMs: toMs(limits?.buildTime), outputBytes: limits?.output, memoryBytes: limits?.memory, processes: limits?.processes }
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
    outputBytes: least(a.outputBytes, b.outputBytes),
    memoryBytes: least(a.memoryBytes, b.memoryBytes),
    processes: least(a.processes, b.processes)
  }
}

/** The highest limits of a container that a request may ask for. */
export interface ContainerCaps {
  memoryCapBytes: number
  processesCap: number
}

/**
 * Checks the limits whose maximum is a setting.
 * @param field the name of the limits in the message
 * @throws ServiceError `request.invalid`; the message names the member and the setting
 */
export function checkContainerLimits (limits: WireLimits | null | undefined, field: string, { memoryCapBytes, processesCap }: ContainerCaps): void {
  if ((limits?.memory ?? 0) > memoryCapBytes) {
    throw invalidRequest(`${field}.memory must be at most ${memoryCapBytes} bytes (DOCKER_CONTAINER_MEMORY_CAP)`)
  }
  if ((limits?.processes ?? 0) > processesCap) {
    throw invalidRequest(`${field}.processes must be at most ${processesCap} (DOCKER_CONTAINER_NPROC_CAP)`)
  }
}
