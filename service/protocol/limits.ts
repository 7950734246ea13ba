import { Type, type Static } from 'typebox'

import { invalidRequest } from '../errors.js'

/** Below these values, containers of some runtimes do not start. */
export const MIN_MEMORY_BYTES = 16 * 1024 * 1024
const MIN_PROCESSES = 8

/**
 * Upper bound for the bytes of JSON per byte of output. The worst case is 13.4: six for a control character, six again in `build` if
 * the build fails, and 4/3 for the base64.
 */
const RESULT_BYTES_PER_OUTPUT_BYTE = 16
const RESULT_BYTES_FIXED = 65_536
const RESULT_BYTES_PER_CASE = 4096
/** A control character in a text file takes six bytes of JSON. */
const RESULT_BYTES_PER_FILE_BYTE = 6
/** Space for the names and sizes of files that match but whose content is not returned. */
const FILE_LIST_BYTES = 4_194_304
/** The results of all cases together. The service holds a result in memory, so the size of many cases with much output must be limited. */
const MAX_CASES_RESULT_BYTES = 268_435_456

/** Limits in requests and payloads, in seconds and bytes. */
export const LimitsSchema = Type.Object({
  time: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Wall-clock time in seconds for build and run together. With cases, it applies to each case' })),
  buildTime: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Wall-clock time in seconds for the build step' })),
  output: Type.Optional(Type.Integer({ minimum: 1, description: 'Size of stdout and stderr together in bytes. With cases, it applies to each case' })),
  memory: Type.Optional(Type.Integer({ minimum: MIN_MEMORY_BYTES, description: 'Memory of the container in bytes, at most `DOCKER_CONTAINER_MEMORY_CAP`. It can be higher than the default.' })),
  processes: Type.Optional(Type.Integer({ minimum: MIN_PROCESSES, description: 'Processes and threads in the container, at most `DOCKER_CONTAINER_NPROC_CAP`. It can be higher than the default.' }))
}, { description: 'Limits for this run. For time and output, the lower value of the request and the service applies.' })

export const CaseLimitsSchema = Type.Pick(LimitsSchema, ['time', 'output'], { description: 'Lower limits for this case' })

export type WireLimits = Static<typeof LimitsSchema>

/** The limits of a request, in milliseconds and bytes. */
export interface RequestedLimits {
  timeMs?: number | undefined
  buildTimeMs?: number | undefined
  outputBytes?: number | undefined
  /** The limits of the container. They are not part of the payload, because the service enforces them. */
  memoryBytes?: number | undefined
  processes?: number | undefined
}

/** The limits of the service, which no run can exceed. */
export interface MaximumLimits {
  timeMs: number
  buildTimeMs?: number | undefined
  outputBytes: number
  /** Maximum number of cases. */
  cases: number
  /** Maximum time for the build and all cases together. */
  casesTimeMs: number
  interactiveTimeMs: number
  idleTimeMs: number
  outputFilesBytes: number
}

/** The limits at which the service stops a run if the container has not stopped it. */
export interface RunLimits extends Pick<RequestedLimits, 'memoryBytes' | 'processes'> {
  /** Wall-clock time of the whole run. */
  timeMs: number
  /** Size of stdout and stderr together; with cases, for each case. */
  outputBytes: number
  /** Size of the result. */
  resultBytes: number
}

/** The properties of a run that determine its limits. */
export interface RunKind {
  /** Number of cases; 0 if the run has no cases. */
  cases: number
  interactive: boolean
  returnsFiles: boolean
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

/** Returns the time limit of builds, in milliseconds. */
export function buildLimitMs ({ buildTimeMs, timeMs }: Pick<MaximumLimits, 'buildTimeMs' | 'timeMs'>): number {
  return buildTimeMs ?? timeMs
}

/** Returns the maximum duration of any run of the service, with or without interactive runs, in milliseconds. */
export function longestRunMs ({ timeMs, casesTimeMs, interactiveTimeMs }: MaximumLimits, { interactive }: { interactive: boolean }): number {
  return Math.max(timeMs, casesTimeMs, interactive ? interactiveTimeMs : 0)
}

/**
 * Returns the limits that a payload of protocol version 2 contains, because the environment of its container has the largest limits of
 * any run.
 */
export function payloadLimits (requested: RequestedLimits, maximum: MaximumLimits, { cases, interactive }: RunKind): WireLimits & { total?: number, idle?: number } {
  // An interactive run can take longer, because it waits for its user. The build does not wait for the user.
  const buildTimeMs = interactive ? buildLimitMs(maximum) : undefined
  const timeMs = interactive ? maximum.interactiveTimeMs : maximum.timeMs
  return {
    ...toWireLimits(stricterLimits(requested, { timeMs, buildTimeMs })),
    ...(cases > 0 ? { total: maximum.casesTimeMs / 1000 } : {}),
    ...(interactive ? { idle: maximum.idleTimeMs / 1000 } : {})
  }
}

/** Returns the limits of a run in an image that implements the runner protocol. */
export function runLimits (requested: RequestedLimits, maximum: MaximumLimits, { cases, interactive, returnsFiles }: RunKind): RunLimits {
  const stepMs = Math.min(interactive ? maximum.interactiveTimeMs : maximum.timeMs, requested.timeMs ?? Infinity)
  const outputBytes = Math.min(maximum.outputBytes, requested.outputBytes ?? Infinity)
  const fileBytes = returnsFiles ? maximum.outputFilesBytes * RESULT_BYTES_PER_FILE_BYTE + FILE_LIST_BYTES : 0
  const bytesOf = (count: number) =>
    Math.max(1, count) * outputBytes * RESULT_BYTES_PER_OUTPUT_BYTE + count * RESULT_BYTES_PER_CASE + RESULT_BYTES_FIXED + fileBytes
  return {
    timeMs: cases > 0 ? maximum.casesTimeMs : stepMs,
    outputBytes,
    memoryBytes: requested.memoryBytes,
    processes: requested.processes,
    resultBytes: Math.max(bytesOf(0), Math.min(bytesOf(cases), MAX_CASES_RESULT_BYTES))
  }
}

/** Returns the limits of a run in a foreign image, whose result is limited like its output. */
export function foreignRunLimits (requested: RequestedLimits, maximum: MaximumLimits): RunLimits {
  const outputBytes = Math.min(maximum.outputBytes, requested.outputBytes ?? Infinity)
  const { memoryBytes, processes } = requested
  return { timeMs: Math.min(maximum.timeMs, requested.timeMs ?? Infinity), outputBytes, resultBytes: outputBytes, memoryBytes, processes }
}
