import type { OutputEvent, RunEvent } from '../../protocol/event-decoder.js'
import type { RunResult } from '../../protocol/result.js'
import type { RunEvents } from '../../runs/ports.js'

interface Streams {
  both: Buffer[]
  stdoutBytes: number
  stderrBytes: number
}

/** Collects stdout and stderr in the order of their arrival. */
export class InterleavedOutput implements RunEvents {
  /** The output by the index of the case; 0 for a run without cases. */
  readonly #cases = new Map<number, Streams>()

  started (): void {}

  event (event: RunEvent): void {
    if ('json' in event) return
    const bytes = eventBytes(event)
    const index = event.case ?? 0
    const streams = this.#cases.get(index) ?? { both: [], stdoutBytes: 0, stderrBytes: 0 }
    streams.both.push(bytes)
    streams[`${event.type}Bytes`] += bytes.length
    this.#cases.set(index, streams)
  }

  /**
   * Returns the whole output. Output that did not arrive as events is appended. Images of protocol version 1 do not send events.
   * @param index the index of the case whose result it is
   */
  of (result: RunResult, index = 0): Buffer {
    const { both, stdoutBytes, stderrBytes } = this.#cases.get(index) ?? { both: [], stdoutBytes: 0, stderrBytes: 0 }
    const { stdout, stderr } = outputOf(result)
    return Buffer.concat([...both, stdout.subarray(stdoutBytes), stderr.subarray(stderrBytes)])
  }
}

/** Returns the exact bytes of an event. */
function eventBytes ({ text, base64 = '' }: OutputEvent): Buffer {
  return text === undefined ? Buffer.from(base64, 'base64') : Buffer.from(text)
}

/** Returns the text of an event. Invalid UTF-8 becomes U+FFFD. */
export function eventText ({ text, base64 = '' }: OutputEvent): string {
  return text ?? Buffer.from(base64, 'base64').toString('utf8')
}

/** Returns the exact bytes of the output. */
export function outputOf ({ stdout, stderr, stdoutBase64, stderrBase64 }: RunResult): { stdout: Buffer, stderr: Buffer } {
  return { stdout: bytesOf(stdout, stdoutBase64), stderr: bytesOf(stderr, stderrBase64) }
}

function bytesOf (text: string, base64: string | undefined): Buffer {
  return base64 === undefined ? Buffer.from(text) : Buffer.from(base64, 'base64')
}
