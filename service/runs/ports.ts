/** What the rooms offer one another. Each is made in its own room and joined in server.ts. */

/** What an image is, as its labels and settings say. */
export interface ImageDescription {
  /** The name it was asked for by. */
  ref: string
  /** The engine's content address; what containers are made from. */
  id: string
  /** The user its processes run as; '' where the image names none. */
  user: string
  /** Present when the image speaks our protocol. */
  language: LanguageDescription | undefined
  /** The least it needs, in bytes and processes; undefined: the defaults do. */
  memoryBytes: number | undefined
  processes: number | undefined
}

export interface LanguageDescription {
  name: string
  aliases: string[]
  /** Aliases that are listed beside the name. */
  listed: string[]
  version: string
  /** The name a program gets that comes without one. */
  main: string
  /** A program that prints a greeting. */
  hello: string
  /** People call it most: kept ready unless told otherwise. */
  interactive: boolean
}

export interface Images {
  /** @throws ServiceError `image.not_allowed`, `docker.container.create` (400: no such image), `docker.unixsocket` */
  describe (ref: string): Promise<ImageDescription>
  /** Those of our images that are present and allowed, by name. @throws ServiceError `docker.container.create` (500), `docker.unixsocket` */
  languages (): Promise<ImageDescription[]>
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
  /** @throws ServiceError `docker.unixsocket`, `docker.version` (no answer) */
  ping (): Promise<void>
}

/** How an exchange with a container ended: it said all it had to, or we ended it. */
export type ExchangeEnd = 'result' | 'eof' | 'deadline' | 'too_large' | 'cancelled'

export interface Exchange {
  end: ExchangeEnd
  stdout: Buffer
  stderr: Buffer
}

export interface ExchangeOptions {
  /** true: the first line is the result, and nothing waits for the stream's end; stdin stays open. */
  resultIsFirstLine: boolean
  /** Milliseconds from the payload to the forced end. */
  deadlineMs: number
  /** Milliseconds after which the result is overdue, and the container is helped along; undefined: it never is. */
  overdueMs?: number | undefined
  /** Most bytes of stdout and stderr together. */
  maxBytes: number
  /** The client went away. */
  signal: AbortSignal
}

/** A started container that waits for its payload. Used for one exchange, then retired. */
export interface Sandbox {
  readonly id: string
  /** Milliseconds that each phase took until it was there; none for one that was waiting. */
  readonly phases: Readonly<Record<string, number>>
  /** It was waiting before it was asked for. */
  readonly pooled: boolean
  /** @throws ServiceError `docker.container.start`, `docker.container.stream.read` */
  exchange (payload: Buffer, options: ExchangeOptions): Promise<Exchange>
  /** Was one of its processes killed for want of memory? Waits a moment for the engine to say so. */
  ranOutOfMemory (): Promise<boolean>
  /** Makes sure that it is removed. Off the request's path, safe to call twice; never throws. */
  retire (): void
}

export interface Sandboxes {
  /**
   * A container for one run, never handed out twice.
   * @throws ServiceError `docker.container.create`, `.start`, `.attach`, `docker.unixsocket`, `image.needs_more`
   */
  lease (image: ImageDescription): Promise<Sandbox>
}

/** A container made ahead of its run. */
export interface ReadySandbox extends Sandbox {
  readonly ended: boolean
  /** Resolves when it can take its payload as fast as it ever will, or has ended. */
  readonly warmed: Promise<void>
  /** Resolves when its stream has ended: it died, or its run is over. */
  readonly whenEnded: Promise<void>
}

export interface SandboxFactory extends Sandboxes {
  /**
   * As `lease`, for a container that may wait up to `idleMs` milliseconds for its payload.
   * @param warm false: without its warm interpreter
   */
  prepare (image: ImageDescription, options: { idleMs: number, warm: boolean }): Promise<ReadySandbox>
  /** Bytes of memory that a waiting container holds, by its cgroup. @throws ServiceError */
  idleBytes (sandbox: ReadySandbox): Promise<number>
}

/** How busy the service is with runs. */
export interface Load {
  readonly running: number
  readonly waiting: number
}

export interface ImageChanges {
  /** Calls when images may have changed or gone, or the engine came back. */
  onImagesChanged (listener: () => void): void
}

export interface PoolSnapshot {
  ready: number
  images: Array<{
    image: string
    ready: number
    starting: number
    target: number
    hits: number
    misses: number
    refillMs: number
    idleBytes: number
  }>
}

/** Limits that a request asks for; the stricter of these and the service's hold. */
export interface RequestedLimits {
  timeMs?: number | undefined
  buildTimeMs?: number | undefined
  outputBytes?: number | undefined
}

export interface RunRequest {
  requestId: string
  tokenName: string
  image: ImageDescription
  /** The JSON text that goes to the container's stdin. */
  payload: string
  /** The program's files; looked at for the log's `suspicious_code`, and for nothing else. */
  sources: string[]
  limits: RequestedLimits
  signal: AbortSignal
}

export const OUTCOMES = [
  'completed', 'failed', 'signaled', 'timeout', 'output_limit', 'out_of_memory', 'build_failed', 'invalid'
] as const

export type Outcome = typeof OUTCOMES[number]

/** The members of docs/protocol.md's result that the service itself looks at; a foreign image gives the first three only. */
export interface RunResult {
  stdout: string
  stderr: string
  error: string
  duration?: number
  outcome?: Outcome
  exitCode?: number | null
  signal?: string | null
  stdoutBytes?: number
  stderrBytes?: number
  cpuTime?: number
  memoryPeak?: number | null
  phase?: 'build' | 'run'
}

export interface RunAnswer {
  result: RunResult
  /** The result as the image wrote it: what the client gets. */
  json: Buffer
}

export interface Runs {
  /** @throws ServiceError */
  run (request: RunRequest): Promise<RunAnswer>
}

/** One finished run, for logs and metrics: no code, no output, no token. */
export interface RunRecord {
  requestId: string
  tokenName: string
  image: string
  outcome: string
  /** A waiting container served it. */
  pooled: boolean
  phases: Record<string, number>
  durationNs: number | undefined
  stdoutBytes: number | undefined
  stderrBytes: number | undefined
  cpuTimeNs: number | undefined
  memoryPeakBytes: number | undefined
}

export interface RunSubmission { requestId: string, tokenName: string, image: string, sources: string[] }

export interface RunObserver {
  finished (record: RunRecord): void
  submitted (submission: RunSubmission): void
}

/** The service's figures in the text format that Prometheus reads. */
export interface ServiceMetrics {
  readonly contentType: string
  text (): Promise<string>
  /** @param route the route's pattern, or '' where there is none: paths are the client's words */
  answered (method: string, route: string, status: number): void
}

/** How the service stands, for orchestrators. */
export interface Readiness {
  /** undefined: ready; else why not. */
  notReady (): Promise<string | undefined>
  /** How full the pool is. */
  pool (): PoolSnapshot
}
