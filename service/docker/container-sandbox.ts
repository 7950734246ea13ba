import type { Duplex } from 'node:stream'

import { streamReadFailed } from '../errors.js'
import type { Exchange, ExchangeEnd, ExchangeOptions, ReadySandbox } from '../runs/ports.js'
import { Deadline } from './deadline.js'
import { Demultiplexer } from './demultiplexer.js'
import { ExchangeOutput } from './exchange-output.js'

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
  readonly #output = new ExchangeOutput()
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
    if (options.onEvent !== undefined) this.#output.decode(options.onEvent)
    if (!this.#ended) this.#send(payload, options)
    const end = await this.#waitForEnd(options)
    this.#resultReceived = end === 'result'
    if (end === 'eof' && this.#failure !== undefined) {
      throw streamReadFailed(`The connection to the container was lost: ${this.#failure.message}`, { cause: this.#failure })
    }
    return { end, stdout: this.#output.stdout, stderr: this.#output.stderr }
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
    this.#output.stop()
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

  #isLost (): boolean {
    return this.pooled && !this.#payloadWritten && this.#output.bytes === 0
  }

  #watch (stream: Duplex): void {
    const demultiplexer = new Demultiplexer(
      (bytes) => {
        this.#resolveWarmed()
        this.#output.takeStdout(bytes)
      },
      (bytes) => this.#output.takeStderr(bytes))
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
        receivedBytes: () => this.#output.bytes,
        reached: () => {
          if (!resultIsFirstLine) finish('deadline')
          // A result that arrives during this request ends the exchange first.
          else void this.#parts.isRunning(this.id).then((running) => finish(running ? 'deadline' : 'unresponsive'))
        }
      })
      const overdue = overdueMs === undefined ? undefined : setTimeout(() => this.#parts.liftCpuLimit(this.id), overdueMs)
      signal.addEventListener('abort', onAbort, { once: true })
      this.#onChange = () => {
        if (this.#output.keptBytes > maxBytes) finish('too_large')
        else if (resultIsFirstLine && this.#output.hasResult) finish('result')
        else if (this.#ended) finish(this.#isLost() ? 'lost' : 'eof')
      }
      if (signal.aborted) onAbort()
      else this.#onChange()
    })
  }
}
