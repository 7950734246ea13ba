/** The interfaces by which the service's modules run programs. server.ts joins them. What they report is in status-ports.ts. */
import type { LanguageDescription } from '../protocol/image-labels.js'
import type { RequestedLimits } from '../protocol/limits.js'
import type { DecodedResult } from '../protocol/result.js'

// Images and the engine: implemented by docker/, used by http/ and pool/.

/** An image, as its labels and settings describe it. */
export interface ImageDescription {
  /** The name by which it was requested. */
  ref: string
  /** The engine's content address; containers are created from it. */
  id: string
  /** The user that its processes run as; '' where the image names none. */
  user: string
  /** Present where the image speaks our protocol. */
  language: LanguageDescription | undefined
  /** The memory, in bytes, and processes that it needs at least; undefined: the defaults are enough. */
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
  /** Calls `listener` when images may have changed or disappeared, or the engine has come back. */
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
 * Why an exchange ended: the container wrote its result, closed its stream, reached a limit, or the client left. `lost`: the
 * stream of a pooled container ended before the payload was written, so its program did not start. `unresponsive`: at the
 * deadline, the engine did not report a container of ours as running.
 */
export type ExchangeEnd = 'result' | 'eof' | 'lost' | 'deadline' | 'unresponsive' | 'too_large' | 'cancelled'

/** A payload was sent to a container; this is what it wrote. */
export interface Exchange {
  end: ExchangeEnd
  stdout: Buffer
  stderr: Buffer
}

export interface ExchangeOptions {
  /** true: the first line is the result, so nothing waits for the end of the stream, and stdin stays open. */
  resultIsFirstLine: boolean
  /** Milliseconds from sending the payload to the forced end. */
  deadlineMs: number
  /** Milliseconds after which the result is late and the container gets more CPU; undefined: never. */
  overdueMs?: number | undefined
  /** Maximum of stdout and stderr together, bytes. */
  maxBytes: number
  /** Aborts when the client closes its connection. */
  signal: AbortSignal
}

/** A started container that waits for its payload. Serves one exchange and is then retired. */
export interface Sandbox {
  readonly id: string
  /** Milliseconds of each phase of its creation; empty where it was waiting already. */
  readonly phases: Readonly<Record<string, number>>
  /** It was waiting in the pool. */
  readonly pooled: boolean
  /** @throws ServiceError `docker.container.start`, `docker.container.stream.read` */
  exchange (payload: Buffer, options: ExchangeOptions): Promise<Exchange>
  /** Whether the kernel killed one of its processes for lack of memory. Waits a moment for the engine's event. */
  ranOutOfMemory (): Promise<boolean>
  /** Makes sure that the container is removed, in the background. Safe to call twice; never throws. */
  retire (): void
}

export interface Sandboxes {
  /**
   * A container for one run, never leased twice.
   * @throws ServiceError `docker.container.create`, `.start`, `.attach`, `docker.unixsocket`, `image.needs_more`
   */
  lease (image: ImageDescription): Promise<Sandbox>
}

/** A container made ahead of its run. */
export interface ReadySandbox extends Sandbox {
  readonly ended: boolean
  /** Resolves when the container is ready for its payload, or has ended. */
  readonly warmed: Promise<void>
  /** Resolves when its stream has ended: it died, or its run is over. */
  readonly whenEnded: Promise<void>
}

export interface SandboxFactory extends Sandboxes {
  /**
   * As `lease`, for a container that may wait up to `idleMs` milliseconds for its payload.
   * @param warm whether to start its warm interpreter
   */
  prepare (image: ImageDescription, options: { idleMs: number, warm: boolean }): Promise<ReadySandbox>
  /** Memory of a waiting container, bytes, read from its cgroup. @throws ServiceError */
  idleBytes (sandbox: ReadySandbox): Promise<number>
}

// Runs: implemented by runs/, used by http/.

export interface RunRequest {
  requestId: string
  tokenName: string
  image: ImageDescription
  /** The JSON text for the container's stdin. */
  payload: Buffer
  limits: RequestedLimits
  signal: AbortSignal
}

export interface Runs {
  /** @throws ServiceError */
  run (request: RunRequest): Promise<DecodedResult>
}
