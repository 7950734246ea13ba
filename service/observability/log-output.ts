import type { Writable } from 'node:stream'

/** Log lines that wait for a slow reader may use so much memory. */
const MAX_BUFFERED_BYTES = 1024 * 1024
const POLL_MS = 10

/**
 * Writes log lines to stdout without waiting for its reader. Lines that cannot be written are dropped and counted: a full
 * disk, a closed terminal or a reader that stalls must not stop the service.
 */
export class LogOutput {
  #dropped = 0

  constructor (private readonly stream: Writable) {
    // Each write reports its error itself.
    stream.on('error', () => {})
  }

  /** Lines that were dropped so far. */
  get dropped (): number { return this.#dropped }

  write (line: string): void {
    if (this.stream.writableLength > MAX_BUFFERED_BYTES) {
      this.#dropped++
      return
    }
    this.stream.write(line, (error) => { if (error) this.#dropped++ })
  }

  /** Resolves when all lines are written, or after `ms` milliseconds. */
  async flush (ms: number): Promise<void> {
    for (const end = performance.now() + ms; this.stream.writableLength > 0 && performance.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }
}
