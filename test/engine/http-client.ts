import http from 'node:http'
import { createServer, type AddressInfo } from 'node:net'

// A body is whatever JSON came; the tests say what they expect of it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface Answer { status: number, headers: Headers, body: any, ms: number }

export interface HttpRequest {
  method: string
  headers: Record<string, string>
  body?: string | undefined
  signal?: AbortSignal | undefined
  /** Of connections that are kept; the test destroys it before the service stops. */
  agent?: http.Agent | undefined
}

/** One request; without an agent on a connection of its own, which ends with it: nothing idle is left that a stopping service would wait for. */
export function send (url: string, { method, headers, body, signal, agent }: HttpRequest): Promise<Answer> {
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: agent ?? false, ...(signal === undefined ? {} : { signal }) }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve({
        status: response.statusCode ?? 0,
        headers: new Headers(Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)])),
        body: parse(Buffer.concat(chunks).toString()),
        ms: performance.now() - startedAt
      }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

function parse (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A port of the loopback that nobody listens on now. */
export async function freePort (): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return String(port)
}
