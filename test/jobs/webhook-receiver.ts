import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { Test } from './kit.js'

export interface Received { method: string, path: string, headers: IncomingHttpHeaders, body: string }

/** Receives webhooks on a loopback port. */
export class WebhookReceiver {
  readonly received: Received[] = []
  respond: (response: ServerResponse, received: Received) => void = (response) => { response.end() }
  port = 0

  static async start (t: Test): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver()
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        const received = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') }
        receiver.received.push(received)
        receiver.respond(response, received)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => {
      server.close()
      server.closeAllConnections()
    })
    receiver.port = (server.address() as AddressInfo).port
    return receiver
  }

  url (path = '/hook', host = '127.0.0.1'): string { return `http://${host}:${this.port}${path}` }
}
