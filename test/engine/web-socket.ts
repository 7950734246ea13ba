import { WebSocket, type RawData } from 'ws'

import { TOKEN, type Result, type Service } from './kit.js'
import { until } from './until.js'

export interface InteractiveEvent { type: string, text?: string, base64?: string, result?: Result, error?: string }

/** A client of `GET /run/interactive`. */
export class Interactive {
  readonly events: InteractiveEvent[] = []
  /** All output so far. */
  output = ''
  /** Resolves with the close code. */
  readonly closed: Promise<number>
  readonly socket: WebSocket

  constructor (service: Service, first: object, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`${service.url.replace('http', 'ws')}/run/interactive`, { headers: { 'x-access-token': TOKEN, ...headers } })
    this.socket.on('open', () => this.send(first))
    this.socket.on('error', () => {})
    this.socket.on('message', (data: RawData) => {
      const event = JSON.parse(String(data)) as InteractiveEvent
      this.events.push(event)
      this.output += event.text ?? ''
    })
    this.closed = new Promise((resolve) => { this.socket.on('close', resolve) })
  }

  send (message: object): void {
    this.socket.send(JSON.stringify(message))
  }

  /** Sends input. Resolves with the milliseconds until the output ends with `expected`. */
  async ask (input: string, expected: string): Promise<number> {
    const startedAt = performance.now()
    this.send({ type: 'stdin', text: input })
    await this.shows(expected)
    return performance.now() - startedAt
  }

  async shows (expected: string): Promise<void> {
    await until(() => {
      const last = this.events.at(-1)
      if (this.output.endsWith(expected)) return true
      if (last?.type === 'error' || last?.type === 'result') throw new Error(`the run ended with ${JSON.stringify(last)}`)
      return false
    }, `the output ${JSON.stringify(expected)}`)
  }

  /** Resolves with the result, after the socket was closed with code 1000. */
  async result (): Promise<Result> {
    const code = await this.closed
    const result = this.events.at(-1)?.result
    if (code !== 1000 || result === undefined) throw new Error(`closed with ${code} after ${JSON.stringify(this.events.at(-1))}`)
    return result
  }
}
