import type { Writable } from 'node:stream'

/** Maximum size of the log lines that are buffered for a slow reader, in bytes. */
const MAX_BUFFERED_BYTES = 1024 * 1024
const POLL_MS = 10

/**
 * Writes log lines to stdout without waiting for the reader. Lines that cannot be written are dropped and counted, because a full
 * disk, a closed terminal or a stalled reader must not stop the service.
 */
export class LogOutput {
  #dropped = 0

  constructor (private readonly stream: Writable) {
    // The callback of each write handles its error.
    stream.on('error', () => {})
  }

  /** Number of log lines that have been dropped. */
  get dropped (): number { return this.#dropped }

  write (line: string): void {
    if (this.stream.writableLength > MAX_BUFFERED_BYTES) {
      this.#dropped++
      return
    }
    this.stream.write(line, (error) => { if (error) this.#dropped++ })
  }

  /** Waits until all lines have been written, but at most `ms` milliseconds. */
  async flush (ms: number): Promise<void> {
    for (const end = performance.now() + ms; this.stream.writableLength > 0 && performance.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }
}
