import { EventDecoder } from '../protocol/event-decoder.js'
import type { ExchangeOptions } from '../runs/ports.js'

const NEWLINE = 0x0a

/** The output of a container: its result, or the events before the result. */
export class ExchangeOutput {
  readonly #stdout: Buffer[] = []
  readonly #stderr: Buffer[] = []
  #bytes = 0
  #eventBytes = 0
  #decoder: EventDecoder | undefined
  #lastByte = -1
  #stopped = false

  /** Number of bytes that were received. */
  get bytes (): number { return this.#bytes }
  /** Number of bytes that are kept until the end of the exchange. */
  get keptBytes (): number { return this.#bytes - this.#eventBytes + (this.#decoder?.pendingBytes ?? 0) }
  get hasResult (): boolean { return this.#decoder === undefined ? this.#lastByte === NEWLINE : this.#decoder.result !== undefined }
  /** The result, or everything that is not an event. */
  get stdout (): Buffer { return this.#decoder?.result ?? this.#decoder?.rest ?? Buffer.concat(this.#stdout) }
  get stderr (): Buffer { return Buffer.concat(this.#stderr) }

  /** Expects events before the result. */
  decode (onEvent: NonNullable<ExchangeOptions['onEvent']>): void {
    this.#decoder = new EventDecoder(onEvent)
  }

  /** Ignores all further output. */
  stop (): void {
    this.#stopped = true
  }

  takeStdout (bytes: Buffer): void {
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

  takeStderr (bytes: Buffer): void {
    this.#take(this.#stderr, bytes)
  }

  #takeEvents (decoder: EventDecoder, bytes: Buffer): void {
    if (this.#stopped) return
    this.#bytes += bytes.length
    this.#eventBytes += bytes.length
    decoder.push(bytes)
  }

  #take (into: Buffer[], bytes: Buffer): void {
    if (this.#stopped) return
    into.push(bytes)
    this.#bytes += bytes.length
  }
}
