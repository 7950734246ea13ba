import type { OutputEvent, RunEvent } from '../../../protocol/event-decoder.js'
import type { RunResult } from '../../../protocol/result.js'
import type { RunEvents } from '../../../runs/ports.js'

export function outputText ({ text, base64 = '' }: OutputEvent): string {
  return text ?? Buffer.from(base64, 'base64').toString('utf8')
}

/** Collects stdout and stderr in the order of their arrival. */
export class InterleavedOutput implements RunEvents {
  #stdout = ''
  #stderr = ''
  #both = ''

  started (): void {}

  event (event: RunEvent): void {
    if ('json' in event) return
    const text = outputText(event)
    this.#both += text
    if (event.type === 'stdout') this.#stdout += text
    else this.#stderr += text
  }

  /** Returns the whole output. Output that did not arrive as events is appended. Images of protocol version 1 do not send events. */
  of ({ stdout, stderr }: RunResult): string {
    if (!stdout.startsWith(this.#stdout) || !stderr.startsWith(this.#stderr)) return stdout + stderr
    return this.#both + stdout.slice(this.#stdout.length) + stderr.slice(this.#stderr.length)
  }
}
