import type { RunEvent } from '../../../protocol/event-decoder.js'
import type { RunEvents } from '../../../runs/ports.js'
import { eventText } from '../interleaved-output.js'

/** Minimum time between two notifications, in milliseconds. Most clients show only the last one. */
const INTERVAL_MS = 100

export interface Step {
  /** The number of the notification, because the length of the output is not known in advance. */
  progress: number
  message: string
}

/** Sends the output of a program as progress notifications while the program runs. */
export class Progress implements RunEvents {
  readonly #send: (step: Step) => Promise<void>
  #remaining: number
  #waiting = ''
  #timer: NodeJS.Timeout | undefined
  #count = 0
  #sent: Promise<void> = Promise.resolve()

  /** @param maxLength number of characters after which the output is no longer sent, because the notifications of a slow client wait in memory */
  constructor (send: (step: Step) => Promise<void>, maxLength: number) {
    this.#send = send
    this.#remaining = maxLength
  }

  started (): void {
    if (this.#count === 0) this.#notify('The program starts')
  }

  event (event: RunEvent): void {
    if ('json' in event) return
    const text = eventText(event)
    this.#waiting += text.slice(0, this.#remaining)
    this.#remaining -= Math.min(text.length, this.#remaining)
    this.#timer ??= setTimeout(() => this.#flush(), INTERVAL_MS)
  }

  /** Sends the rest of the output. */
  async end (): Promise<void> {
    this.#flush()
    await this.#sent
  }

  #flush (): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#waiting === '') return
    this.#notify(this.#waiting.toWellFormed())
    this.#waiting = ''
  }

  /** Ignores errors, because the client may have disconnected. */
  #notify (message: string): void {
    const step = { progress: ++this.#count, message }
    this.#sent = this.#sent.then(async () => await this.#send(step)).catch(() => {})
  }
}
