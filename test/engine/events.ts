import http from 'node:http'
import { once } from 'node:events'

import { TOKEN, type Service } from './kit.js'
import type { Result } from './types.js'

export interface Event {
  type: string
  text?: string
  base64?: string
  case?: number
  index?: number
  build?: Result['build']
  result?: Result
  error?: string
  message?: string
  requestId?: string
  /** Milliseconds from the request to the arrival of the event. */
  ms: number
}

export interface StreamOptions {
  path?: string
  /** Waits after each chunk. */
  pace?: () => Promise<void>
  signal?: AbortSignal
  headers?: Record<string, string>
}

/** Sends a run that accepts server-sent events. Returns the events as they arrive. */
export async function * stream (service: Service, body: object, { path = '/run', pace = async () => {}, signal, headers = {} }: StreamOptions = {}): AsyncGenerator<Event> {
  const startedAt = performance.now()
  const request = http.request(service.url + path, {
    method: 'POST', headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', accept: 'text/event-stream', ...headers }, agent: false, signal
  })
  request.end(JSON.stringify(body))
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`)
  let rest = ''
  for await (const chunk of response.setEncoding('utf8')) {
    const parts = (rest + chunk).split('\n\n')
    rest = parts.pop() ?? ''
    const ms = performance.now() - startedAt
    for (const part of parts) if (part.startsWith('event: ')) yield { ...JSON.parse(part.slice(part.indexOf('\ndata: ') + 7)), ms }
    await pace()
  }
}

/** Returns all events of a run, and its result. */
export async function streamed (service: Service, body: object, options: StreamOptions = {}): Promise<{ events: Event[], result: Result }> {
  const events: Event[] = []
  for await (const event of stream(service, body, options)) events.push(event)
  const last = events.at(-1)
  if (last?.type !== 'result' || last.result === undefined) throw new Error(`no result: ${JSON.stringify(last)}`)
  return { events, result: last.result }
}

/** Returns the bytes of one stream of the output. */
export function bytesOf (events: Event[], type: 'stdout' | 'stderr'): Buffer {
  return Buffer.concat(events.filter((event) => event.type === type)
    .map(({ text, base64 = '' }) => text === undefined ? Buffer.from(base64, 'base64') : Buffer.from(text)))
}
