import type { Duplex } from 'node:stream'

import { streamReadFailed } from '../errors.js'
import { EventDecoder } from '../protocol/event-decoder.js'
import type { Exchange, ExchangeEnd, ExchangeOptions, ReadySandbox } from '../runs/ports.js'
import { Deadline } from './deadline.js'
import { Demultiplexer } from './demultiplexer.js'

const NEWLINE = 0x0a

interface SandboxParts {
  id: string
  pooled: boolean
  stream: Duplex
  phases: Record<string, number>
  /** Removes the container. Never rejects. */
  remove: (id: string) => Promise<void>
  ranOutOfMemory: (id: string) => Promise<boolean>
  /** Gives more CPU to a container whose result is late, in the background. Never throws. */
  liftCpuLimit: (id: string) => void
  /** Called when the container may end soon or has ended. Can be called twice. Never throws. */
  ending: () => void
  /** Whether the engine reports the container as running and not paused. Never rejects. */
  isRunning: (id: string) => Promise<boolean>
  /** Time that the container has to exit after its result, in milliseconds. */
  exitGraceMs: number
}

/**
 * A container that has been started and attached to. Its stream is read from the start, so that its end is detected
 * even before a lease.
 */
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
  #eventBytes = 0
  #decoder: EventDecoder | undefined
  #lastByte = -1
  #ended = false
  #failure: Error | undefined
  #retired = false
  #resultReceived = false
  #payloadWritten = false
  #onChange: (() => void) | undefined
  #resolveEnded = () => {}
  #resolveWarmed = () => {}

  constructor (parts: SandboxParts) {
    this.#parts = parts
    this.id = parts.id
    this.phases = parts.phases
    this.pooled = parts.pooled
    this.whenEnded = new Promise((resolve) => { this.#resolveEnded = resolve })
    this.warmed = new Promise((resolve) => { this.#resolveWarmed = resolve })
    this.#watch(parts.stream)
  }

  get ended (): boolean { return this.#ended }

  async exchange (payload: Buffer, options: ExchangeOptions): Promise<Exchange> {
    if (options.onEvent !== undefined) this.#decoder = new EventDecoder(options.onEvent)
    if (!this.#ended) this.#send(payload, options)
    const end = await this.#waitForEnd(options)
    this.#resultReceived = end === 'result'
    if (end === 'eof' && this.#failure !== undefined) {
      throw streamReadFailed(`The connection to the container was lost: ${this.#failure.message}`, { cause: this.#failure })
    }
    return { end, stdout: this.#decoder?.result ?? this.#decoder?.rest ?? Buffer.concat(this.#stdout), stderr: Buffer.concat(this.#stderr) }
  }

  #send (payload: Buffer, { resultIsFirstLine, input }: ExchangeOptions): void {
    const { stream } = this.#parts
    // If the engine has closed its end, the callback gets an error before the stream emits an event.
    stream.write(payload, (error) => {
      if (error) return
      this.#payloadWritten = true
      input?.pipe(stream, { end: false })
    })
    if (!resultIsFirstLine) stream.end()
  }

  ranOutOfMemory (): Promise<boolean> {
    return this.#parts.ranOutOfMemory(this.id)
  }

  retire (): void {
    if (this.#retired) return
    this.#retired = true
    this.#onChange = undefined
    const { stream, remove, exitGraceMs, ending } = this.#parts
    ending()
    const removeNow = () => { void remove(this.id).finally(() => stream.destroy()) }
    if (!this.#resultReceived) {
      removeNow()
    } else if (!this.#ended) {
      // The runner exits after its result, and the engine removes the container (AutoRemove) without a request.
      const timer = setTimeout(removeNow, exitGraceMs)
      stream.once('close', () => clearTimeout(timer))
    }
  }

  #hasResult (): boolean {
    return this.#decoder === undefined ? this.#lastByte === NEWLINE : this.#decoder.result !== undefined
  }

  #isLost (): boolean {
    return this.pooled && !this.#payloadWritten && this.#bytes === 0
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
    // EPIPE: the container exited during the write. Its earlier output is still in the buffers.
    stream.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') this.#failure = error })
    for (const event of ['end', 'close']) {
      stream.on(event, () => {
        this.#ended = true
        this.#parts.ending()
        this.#resolveEnded()
        this.#resolveWarmed()
        this.#onChange?.()
      })
    }
  }

  #takeStdout (bytes: Buffer): void {
    this.#resolveWarmed()
    // A newline before the result means that the runner is ready (RUNONCE_ANNOUNCE).
    const start = this.#stdout.length > 0 ? 0 : bytes.findIndex((byte) => byte !== NEWLINE)
    if (start < 0 || bytes.length === 0) return
    if (this.#decoder !== undefined) {
      this.#takeEvents(this.#decoder, bytes)
      return
    }
    this.#lastByte = bytes[bytes.length - 1] ?? -1
    this.#take(this.#stdout, bytes.subarray(start))
  }

  #takeEvents (decoder: EventDecoder, bytes: Buffer): void {
    if (this.#retired) return
    this.#bytes += bytes.length
    this.#eventBytes += bytes.length
    decoder.push(bytes)
  }

  /** Number of bytes that are kept until the end of the exchange. */
  #keptBytes (): number {
    return this.#bytes - this.#eventBytes + (this.#decoder?.pendingBytes ?? 0)
  }

  #take (into: Buffer[], bytes: Buffer): void {
    if (this.#retired) return
    into.push(bytes)
    this.#bytes += bytes.length
  }

  #waitForEnd ({ resultIsFirstLine, deadlineMs, overdueMs, maxBytes, signal, input }: ExchangeOptions): Promise<ExchangeEnd> {
    return new Promise((resolve) => {
      const finish = (end: ExchangeEnd) => {
        this.#onChange = undefined
        deadline.cancel()
        clearTimeout(overdue)
        input?.unpipe(this.#parts.stream)
        signal.removeEventListener('abort', onAbort)
        resolve(end)
      }
      const onAbort = () => finish('cancelled')
      const deadline = new Deadline({
        ms: deadlineMs,
        receivedBytes: () => this.#bytes,
        reached: () => {
          if (!resultIsFirstLine) finish('deadline')
          // A result that arrives during this request ends the exchange first.
          else void this.#parts.isRunning(this.id).then((running) => finish(running ? 'deadline' : 'unresponsive'))
        }
      })
      const overdue = overdueMs === undefined ? undefined : setTimeout(() => this.#parts.liftCpuLimit(this.id), overdueMs)
      signal.addEventListener('abort', onAbort, { once: true })
      this.#onChange = () => {
        if (this.#keptBytes() > maxBytes) finish('too_large')
        else if (resultIsFirstLine && this.#hasResult()) finish('result')
        else if (this.#ended) finish(this.#isLost() ? 'lost' : 'eof')
      }
      if (signal.aborted) onAbort()
      else this.#onChange()
    })
  }
}
