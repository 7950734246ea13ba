import type http from 'node:http'
import { createServer, type AddressInfo } from 'node:net'

import { httpRequest } from '../../tools/lib/http-request.js'

// The type is any, because the tests check the fields of the JSON body.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface Answer { status: number, headers: Headers, body: any, ms: number }

export interface HttpRequest {
  method: string
  headers: Record<string, string>
  body?: string | undefined
  signal?: AbortSignal | undefined
  /** An agent that keeps connections open. The test destroys it before the service stops. */
  agent?: http.Agent | undefined
}

/** Sends a request. Without an agent, closes the connection afterwards, so that a stopping service does not wait for an idle connection. */
export async function send (url: string, { method, headers, body, signal, agent }: HttpRequest): Promise<Answer> {
  const startedAt = performance.now()
  const { hostname, port, pathname, search } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const options = { host, port, path: pathname + search, method, headers: { ...lengthOf(body), ...headers }, agent: agent ?? false, ...signal === undefined ? {} : { signal } }
  const { status, headers: received, text } = await httpRequest(options, body)
  return {
    status,
    headers: new Headers(Object.entries(received).map(([name, value]): [string, string] => [name, String(value)])),
    body: parse(text),
    ms: performance.now() - startedAt
  }
}

/** Node does not add this header to the body of a DELETE request, which the service would then read as another request. */
function lengthOf (body: string | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
}

function parse (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Returns a free port of the loopback address. */
export async function freePort (): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return String(port)
}
