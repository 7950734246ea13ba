import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { Test } from './kit.js'

export interface Span {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: Array<{ key: string, value: Record<string, unknown> }>
}

/** Receives traces over HTTP. @see OpenTelemetry Protocol 1.3, "OTLP/HTTP", JSON encoding */
export class OtlpReceiver {
  readonly spans: Span[] = []
  readonly paths: string[] = []
  url = ''
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    this.paths.push(request.url ?? '')
    for (const { scopeSpans } of resourceSpans) for (const { spans } of scopeSpans) this.spans.push(...spans)
    response.setHeader('content-type', 'application/json').end('{}')
  })

  static async start (t: Test): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver()
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve))
    receiver.url = `http://127.0.0.1:${(receiver.#server.address() as AddressInfo).port}`
    t.teardown(() => {
      receiver.#server.closeAllConnections()
      receiver.#server.close()
    })
    return receiver
  }

  /** Returns the spans of a trace with this name. */
  named (traceId: string, name: string): Span[] {
    return this.spans.filter((span) => span.traceId === traceId && span.name === name)
  }
}
