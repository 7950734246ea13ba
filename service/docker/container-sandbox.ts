import type { Duplex } from 'node:stream'

import { streamReadFailed } from '../errors.js'
import type { Exchange, ExchangeEnd, ExchangeOptions, ReadySandbox } from '../runs/ports.js'
import { Demultiplexer } from './demultiplexer.js'

const NEWLINE = 0x0a

interface SandboxParts {
  id: string
  pooled: boolean
  stream: Duplex
  phases: Record<string, number>
  /** Forces the removal of a container that does not go by itself. Never rejects. */
  remove: (id: string) => Promise<void>
  ranOutOfMemory: (id: string) => Promise<boolean>
  /** Helps a container along whose result is overdue. Off the path; never throws. */
  hurry: (id: string) => void
  /** Milliseconds that a container which has given its result may take to end by itself. */
  lingerMs: number
}

/** A started, attached container. Its stream is watched from the first moment, so its death is seen before the lease too. */
export class ContainerSandbox implements ReadySandbox {
  readonly id: string
  readonly phases: Record<string, number>
  readonly pooled: boolean
  readonly warmed: Promise<void>
  readonly whenEnded: Promise<void>
  readonly #parts: SandboxParts
  readonly #stdout: Buffer[] = []
  readonly #stderr: Buffer[] = []
  #bytes = 0
  #lastByte = -1
  #ended = false
  #failure: Error | undefined
  #retired = false
  #gaveResult = false
  #onChange: (() => void) | undefined
  #tellEnded = () => {}
  #tellWarmed = () => {}

  constructor (parts: SandboxParts) {
    this.#parts = parts
    this.id = parts.id
    this.phases = parts.phases
    this.pooled = parts.pooled
    this.whenEnded = new Promise((resolve) => { this.#tellEnded = resolve })
    this.warmed = new Promise((resolve) => { this.#tellWarmed = resolve })
    this.#watch(parts.stream)
  }

  get ended (): boolean { return this.#ended }

  async exchange (payload: Buffer, options: ExchangeOptions): Promise<Exchange> {
    const { stream } = this.#parts
    if (!this.#ended) {
      if (options.resultIsFirstLine) stream.write(payload)
      else stream.end(payload)
    }
    const end = await this.#waitForEnd(options)
    this.#gaveResult = end === 'result'
    // A waiting container that broke off before it said a word is lost, which the run's life knows how to mend.
    if (end === 'eof' && this.#failure !== undefined && !(this.pooled && this.#bytes === 0)) {
      throw streamReadFailed(`The container's stream broke off: ${this.#failure.message}`, this.#failure)
    }
    return { end, stdout: Buffer.concat(this.#stdout), stderr: Buffer.concat(this.#stderr) }
  }

  ranOutOfMemory (): Promise<boolean> {
    return this.#parts.ranOutOfMemory(this.id)
  }

  retire (): void {
    if (this.#retired) return
    this.#retired = true
    this.#onChange = undefined
    const { stream, remove, lingerMs } = this.#parts
    const removeNow = () => { void remove(this.id).finally(() => stream.destroy()) }
    if (!this.#gaveResult) {
      removeNow()
    } else if (!this.#ended) {
      // Our runner exits after its result, and the engine then removes the container by itself: cheaper than a call.
      const timer = setTimeout(removeNow, lingerMs)
      stream.once('close', () => clearTimeout(timer))
    }
  }

  #hasResult (): boolean {
    return this.#lastByte === NEWLINE
  }

  #watch (stream: Duplex): void {
    const demultiplexer = new Demultiplexer(
      (bytes) => this.#takeStdout(bytes),
      (bytes) => this.#take(this.#stderr, bytes))
    stream.on('data', (chunk: Buffer) => {
      try {
        demultiplexer.push(chunk)
      } catch (error) {
        stream.destroy(error as Error)
      }
      this.#onChange?.()
    })
    // A program's end can meet our write; what it said before is in the buffers already.
    stream.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') this.#failure = error })
    for (const event of ['end', 'close']) {
      stream.on(event, () => {
        this.#ended = true
        this.#tellEnded()
        this.#tellWarmed()
        this.#onChange?.()
      })
    }
  }

  #takeStdout (bytes: Buffer): void {
    this.#tellWarmed()
    // A newline before the result is the runner's word that it is ready, and no part of it.
    const start = this.#stdout.length > 0 ? 0 : bytes.findIndex((byte) => byte !== NEWLINE)
    if (start < 0 || bytes.length === 0) return
    this.#lastByte = bytes[bytes.length - 1] ?? -1
    this.#take(this.#stdout, bytes.subarray(start))
  }

  #take (into: Buffer[], bytes: Buffer): void {
    if (this.#retired) return
    into.push(bytes)
    this.#bytes += bytes.length
  }

  #waitForEnd ({ resultIsFirstLine, deadlineMs, overdueMs, maxBytes, signal }: ExchangeOptions): Promise<ExchangeEnd> {
    return new Promise((resolve) => {
      const finish = (end: ExchangeEnd) => {
        this.#onChange = undefined
        clearTimeout(timer)
        clearTimeout(overdue)
        signal.removeEventListener('abort', onAbort)
        resolve(end)
      }
      const onAbort = () => finish('cancelled')
      const timer = setTimeout(() => finish('deadline'), deadlineMs)
      const overdue = overdueMs === undefined ? undefined : setTimeout(() => this.#parts.hurry(this.id), overdueMs)
      signal.addEventListener('abort', onAbort, { once: true })
      this.#onChange = () => {
        if (this.#bytes > maxBytes) finish('too_large')
        else if (resultIsFirstLine && this.#hasResult()) finish('result')
        else if (this.#ended) finish('eof')
      }
      if (signal.aborted) onAbort()
      else this.#onChange()
    })
  }
}
