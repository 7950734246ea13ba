/**
 * The interfaces through which the modules of the service run programs. create-service.ts connects the modules. The
 * interfaces for status reports are in status-ports.ts.
 */
import type { Readable } from 'node:stream'

import type { RunEvent } from '../protocol/event-decoder.js'
import type { LanguageDescription } from '../protocol/image-labels.js'
import type { RequestedLimits } from '../protocol/limits.js'
import type { Submission } from '../protocol/payload.js'
import type { DecodedResult } from '../protocol/result.js'

// Images and the engine: implemented by docker/, used by http/ and pool/.

/** An image, as described by its labels and settings. */
export interface ImageDescription {
  /** The name by which it was requested. */
  ref: string
  /** The ID of the image's content, from which containers are created. */
  id: string
  /** The user of its processes; '' if the image does not define one. */
  user: string
  /** Present if the image implements the runner protocol. */
  language: LanguageDescription | undefined
  /** The minimum memory in bytes and number of processes; undefined if the defaults are sufficient. */
  memoryBytes: number | undefined
  processes: number | undefined
}

export interface Images {
  /** @throws ServiceError `image.not_allowed`, `docker.container.create` (400: no such image), `docker.unixsocket` */
  describe (ref: string): Promise<ImageDescription>
  /** The language images that are present and allowed, sorted by name. @throws ServiceError `docker.container.create` (500), `docker.unixsocket` */
  languages (): Promise<ImageDescription[]>
}

export interface ImageChanges {
  /** Calls `listener` when images may have changed or disappeared, or when the engine responds again. */
  onImagesChanged (listener: () => void): void
}

export interface EngineVersion {
  version: string
  apiVersion: string
  gitCommit: string
  goVersion: string
  os: string
  arch: string
  kernelVersion: string
  buildTime: string
  platform: { name: string }
  components: Array<{ name: string, version: string }>
}

export interface EngineStatus {
  /** @throws ServiceError `docker.unixsocket`, `docker.version` */
  version (): Promise<EngineVersion>
  /** @throws ServiceError `docker.unixsocket`, `docker.version` (no response) */
  ping (): Promise<void>
}

// Containers: implemented by docker/ and pool/, used by runs/.

/**
 * The reason why an exchange ended: the container wrote its result, closed its stream or reached a limit, or the
 * client disconnected.
 * `lost`: the stream of a pooled container ended before the payload was written, so its program did not start.
 * `unresponsive`: at the deadline, the engine did not report the container as running. Only for images with the
 * runner protocol.
 */
export type ExchangeEnd = 'result' | 'eof' | 'lost' | 'deadline' | 'unresponsive' | 'too_large' | 'cancelled'

/** The output of a container after a payload was sent to it. */
export interface Exchange {
  end: ExchangeEnd
  stdout: Buffer
  stderr: Buffer
}

export interface ExchangeOptions {
  /**
   * If true, the first line is the result: the exchange does not wait for the end of the stream, and stdin stays
   * open.
   */
  resultIsFirstLine: boolean
  /** Time after the payload was sent until the exchange is stopped, in milliseconds. */
  deadlineMs: number
  /** Time after which the result is late and the container gets more CPU, in milliseconds; undefined: never. */
  overdueMs?: number | undefined
  /** Maximum size of stdout and stderr together, in bytes; with `onEvent`, without the events. */
  maxBytes: number
  /** Receives each event as it arrives. Present where the payload asks for events; only with `resultIsFirstLine`. */
  onEvent?: ((event: RunEvent) => void) | undefined
  /** Lines for the container, which follow the payload. It is paused while the container does not read. */
  input?: Readable | undefined
  /** Aborts when the client closes its connection. */
  signal: AbortSignal
}

/** A started container that waits for its payload. It serves one exchange and must then be retired. */
export interface Sandbox {
  readonly id: string
  /** Duration of each phase of its creation in milliseconds; empty if it was already waiting. */
  readonly phases: Readonly<Record<string, number>>
  /** Whether it was waiting in the pool. */
  readonly pooled: boolean
  /** @throws ServiceError `docker.container.start`, `docker.container.stream.read` */
  exchange (payload: Buffer, options: ExchangeOptions): Promise<Exchange>
  /** Whether the kernel killed one of its processes for lack of memory. Waits a short time for the engine's event. */
  ranOutOfMemory (): Promise<boolean>
  /** Ensures that the container is removed, in the background. Can be called twice, and never throws. */
  retire (): void
}

/** The limits of a container that a run can change; undefined: the image's. */
export type ContainerLimits = Pick<RequestedLimits, 'memoryBytes' | 'processes'>

export interface Sandboxes {
  /**
   * Returns a container for one run. A container is never leased twice.
   * @throws ServiceError `docker.container.create`, `.start`, `.attach`, `docker.unixsocket`, `image.needs_more`
   */
  lease (image: ImageDescription, limits?: ContainerLimits): Promise<Sandbox>
}

/** A container that was created before its run. */
export interface ReadySandbox extends Sandbox {
  readonly ended: boolean
  /** Resolves when the container is ready for its payload, or has ended. */
  readonly warmed: Promise<void>
  /** Resolves when the stream has ended, because the container died or its run is over. */
  readonly whenEnded: Promise<void>
}

export interface SandboxFactory extends Sandboxes {
  /**
   * Like `lease`, for a container that may wait up to `idleMs` milliseconds for its payload.
   * @param warm whether the runner starts its warm interpreter
   */
  prepare (image: ImageDescription, options: { idleMs: number, warm: boolean }): Promise<ReadySandbox>
  /** Changes the limits of a waiting container. @returns whether they apply; if not, the container must be retired */
  resize (sandbox: ReadySandbox, limits: ContainerLimits): Promise<boolean>
  /** Memory of a waiting container in bytes, from its cgroup. @throws ServiceError */
  idleBytes (sandbox: ReadySandbox): Promise<number>
  /** Estimated memory in bytes that the engine uses for a waiting container outside of the container's cgroup. */
  overheadBytes (): number
}

// Runs: implemented by runs/, used by http/.

/** Receives the events of a run while it is in progress. */
export interface RunEvents {
  /** The container has the payload. May be called twice. Errors before this call mean that the program did not start. */
  started (): void
  event (event: RunEvent): void
}

/** The duration of each phase in milliseconds. A phase that has not ended is absent. */
export type RunPhases = Record<string, number>

export interface RunRequest extends Submission {
  requestId: string
  tokenName: string
  image: ImageDescription
  signal: AbortSignal
  events?: RunEvents
  /** Receives the duration of each phase. */
  phases?: RunPhases
  /** The input of an interactive run. */
  input?: Readable
  /** The job that the run belongs to. */
  jobId?: string
  /** Present for a run that gives way to other runs. The function is called when the run gets a slot. */
  background?: { admitted (): void }
}

export interface Runs {
  /** @throws ServiceError */
  run (request: RunRequest): Promise<DecodedResult>
}
