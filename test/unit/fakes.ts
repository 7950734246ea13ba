import { pino, type Logger } from 'pino'

import { ENGINE_VERSION_EXAMPLE } from '../../service/http/routes/version.js'
import type { LanguageDescription } from '../../service/protocol/image-labels.js'
import type { MaximumLimits } from '../../service/protocol/limits.js'
import type { DecodedResult } from '../../service/protocol/result.js'
import type {
  ContainerLimits, EngineStatus, EngineVersion, Exchange, ExchangeOptions, ImageDescription, Images, RunRequest, Runs, Sandbox, Sandboxes
} from '../../service/runs/ports.js'
import type { PoolSnapshot, PoolStatus, RunObserver, RunRecord } from '../../service/runs/status-ports.js'

export const MAXIMUM: MaximumLimits = {
  timeMs: 5000, outputBytes: 1000, cases: 3, casesTimeMs: 20_000, interactiveTimeMs: 40_000, idleTimeMs: 7000, outputFilesBytes: 2000
}

/** A language image, as described by the catalog. */
export function languageImage (name: string, language: Partial<LanguageDescription> = {}, image: Partial<ImageDescription> = {}): ImageDescription {
  return {
    ref: `runonce/${name}:latest`,
    id: `sha256:${name}`,
    user: 'glot',
    language: {
      protocol: 1, name, aliases: [], listed: [], version: '1.0', main: 'main.txt', hello: 'hello', interactive: false, resizable: true, builds: false, ...language
    },
    memoryBytes: undefined,
    processes: undefined,
    ...image
  }
}

/** An image that supports only glot's protocol. */
export function foreignImage (ref = 'glot/python:latest'): ImageDescription {
  return { ref, id: 'sha256:foreign', user: '', language: undefined, memoryBytes: undefined, processes: undefined }
}

/** Contains the given images. If `fail` is set, every call throws it. */
export class FakeImages implements Images {
  readonly described: string[] = []
  fail: Error | undefined
  /** If set, every call waits for this promise. */
  gate: Promise<void> = Promise.resolve()
  constructor (readonly present: ImageDescription[]) {}

  async describe (ref: string): Promise<ImageDescription> {
    this.described.push(ref)
    await this.gate
    const found = this.present.find((image) => image.ref === ref)
    if (this.fail !== undefined || found === undefined) throw this.fail ?? new Error(`the test has no image ${ref}`)
    return found
  }

  async languages (): Promise<ImageDescription[]> {
    await this.gate
    if (this.fail !== undefined) throw this.fail
    return this.present.filter(({ language }) => language !== undefined)
  }
}

export const COMPLETED = {
  stdout: 'hi\n',
  stderr: '',
  error: '',
  duration: 12_345_678,
  outcome: 'completed' as const,
  exitCode: 0,
  signal: null,
  stdoutBytes: 3,
  stderrBytes: 0,
  stdoutTruncated: false,
  stderrTruncated: false,
  cpuTime: 1_000_000,
  memoryPeak: 4096,
  phase: 'run' as const
}

export function decodedOf (result: object): DecodedResult {
  return { result: result as DecodedResult['result'], json: Buffer.from(JSON.stringify(result)) }
}

/** Records the requests, which `handler` runs. */
export class FakeRuns implements Runs {
  readonly requests: RunRequest[] = []
  handler: (request: RunRequest) => Promise<DecodedResult> = async () => decodedOf(COMPLETED)
  /** Whether background runs start immediately. */
  hasBackgroundSlot = true

  async run (request: RunRequest): Promise<DecodedResult> {
    this.requests.push(request)
    if (this.hasBackgroundSlot) request.background?.admitted()
    return await this.handler(request)
  }
}

export class FakeEngineStatus implements EngineStatus {
  fail: Error | undefined

  async version (): Promise<EngineVersion> {
    if (this.fail !== undefined) throw this.fail
    return ENGINE_VERSION_EXAMPLE
  }

  async ping (): Promise<void> {
    if (this.fail !== undefined) throw this.fail
  }
}

type Script = (payload: Buffer, options: ExchangeOptions) => Promise<Exchange>

/** A container with a scripted exchange. */
export class FakeSandbox implements Sandbox {
  readonly phases: Record<string, number>
  readonly exchanges: Array<{ payload: Buffer, options: ExchangeOptions }> = []
  retired = 0
  outOfMemory = false

  constructor (readonly id: string, private readonly script: Script, readonly pooled = false) {
    this.phases = pooled ? {} : { create: 1, attach: 2, start: 3 }
  }

  async exchange (payload: Buffer, options: ExchangeOptions): Promise<Exchange> {
    this.exchanges.push({ payload, options })
    return await this.script(payload, options)
  }

  async ranOutOfMemory (): Promise<boolean> { return this.outOfMemory }
  retire (): void { this.retired++ }
}

/** Leases the given containers in order. Throws if the next item is an error, or if no item remains. */
export class FakeSandboxes implements Sandboxes {
  readonly leased: ImageDescription[] = []
  readonly limits: Array<ContainerLimits | undefined> = []
  readonly #next: Array<FakeSandbox | Error>
  constructor (...next: Array<FakeSandbox | Error>) { this.#next = next }

  async lease (image: ImageDescription, limits?: ContainerLimits): Promise<Sandbox> {
    this.leased.push(image)
    this.limits.push(limits)
    const next = this.#next.shift() ?? new Error('the test has no more containers')
    if (next instanceof Error) throw next
    return next
  }
}

export class FakeObserver implements RunObserver {
  readonly records: RunRecord[] = []
  readonly submissions: unknown[] = []
  finished (record: RunRecord): void { this.records.push(record) }
  submitted (submission: unknown): void { this.submissions.push(submission) }
}

/** A node on which runs succeed. */
export const healthyNode = { refuseIfFailing: (): void => {}, succeeded: (): void => {}, failed: async (error: unknown): Promise<unknown> => error }

/** A pool with the given state, which tests can change. */
export class FakePool implements PoolStatus {
  counts: ReturnType<PoolStatus['leases']> = []
  constructor (public state: PoolSnapshot = { ready: 0, images: [] }) {}
  snapshot (): PoolSnapshot { return this.state }
  leases (): ReturnType<PoolStatus['leases']> { return this.counts }
}

/** Returns a logger and an array in which the logger records its lines. */
export function recordingLogger (level = 'trace'): { logger: Logger, lines: string[] } {
  const lines: string[] = []
  return { logger: pino({ level }, { write: (line: string) => { lines.push(line) } }), lines }
}

/** Polls every 5 ms. @throws Error if `holds` is still false after 30 s; the timeout only ends a test that hangs */
export async function until (holds: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  for (const end = Date.now() + 30_000; !(await holds());) {
    if (Date.now() > end) throw new Error(`timed out after 30 s waiting for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Returns the expected members of a ServiceError, for `rejects` and `throws`. */
export const serviceError = (expected: object): { name: string } => ({ name: 'ServiceError', ...expected })

/** Returns a promise and the function that resolves it. */
export function gate (): { opened: Promise<void>, open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => { open = resolve })
  return { opened, open }
}
