import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'

import { Engine } from '../../service/docker/engine.js'

interface Teardown { teardown: (work: () => void | Promise<void>) => void }

/** A request that the engine received. */
export interface EngineCall {
  method: string
  path: string
  query: URLSearchParams
  body: string
}

type Responder = (call: EngineCall, response: ServerResponse, request: IncomingMessage) => void

/** A small HTTP server on a Unix socket. It sends the responses that the test defines, and records the requests. */
export class FakeEngine {
  readonly calls: EngineCall[] = []
  readonly attached: Duplex[] = []
  socketPath = ''
  /** Responders by "METHOD /path". A path with a trailing * matches by prefix. */
  readonly responders = new Map<string, Responder>()
  onAttach: (socket: Duplex, request: IncomingMessage) => void = upgrade
  // Like the real engine, it does not close idle connections.
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => { void this.#take(request, response) })
  readonly #sockets = new Set<Duplex>()

  /** @param t stops the engine at the end of the test */
  static async start (t: Teardown): Promise<FakeEngine> {
    const engine = new FakeEngine()
    const folder = mkdtempSync(join(tmpdir(), 'runonce-engine-'))
    engine.socketPath = join(folder, 'docker.sock')
    engine.#server.on('connection', (socket) => {
      engine.#sockets.add(socket)
      socket.on('close', () => engine.#sockets.delete(socket))
      socket.on('error', () => {})
    })
    engine.#server.on('upgrade', (request, socket) => {
      engine.calls.push(callOf(request, ''))
      engine.attached.push(socket)
      engine.onAttach(socket, request)
    })
    await new Promise<void>((resolve) => engine.#server.listen(engine.socketPath, resolve))
    t.teardown(async () => {
      await engine.stop()
      rmSync(folder, { recursive: true, force: true })
    })
    return engine
  }

  /** Returns a client of the service for this engine. */
  client (t: Teardown, timeoutMs = 1000): Engine {
    const client = new Engine({ socketPath: this.socketPath, readTimeoutMs: timeoutMs / 2, writeTimeoutMs: timeoutMs / 2 })
    t.teardown(() => client.close())
    return client
  }

  on (route: string, responder: Responder): this {
    this.responders.set(route, responder)
    return this
  }

  made (method: string, path: string): EngineCall[] {
    return this.calls.filter((call) => call.method === method && call.path.startsWith(path))
  }

  async stop (): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  get connections (): number { return this.#sockets.size }

  async #take (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const call = callOf(request, Buffer.concat(chunks).toString())
    this.calls.push(call)
    const responder = this.#answerTo(`${call.method} ${call.path}`)
    if (responder === undefined) json(404, { message: 'page not found' })(call, response, request)
    else responder(call, response, request)
  }

  #answerTo (route: string): Responder | undefined {
    const [found] = [...this.responders].find(([pattern]) =>
      pattern.endsWith('*') ? route.startsWith(pattern.slice(0, -1)) : route === pattern) ?? []
    return found === undefined ? undefined : this.responders.get(found)
  }
}

function callOf (request: IncomingMessage, body: string): EngineCall {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://engine')
  return { method: request.method ?? '', path: pathname, query: searchParams, body }
}

/** Responds with JSON. */
export const json = (status: number, body: unknown): Responder => (_call, response) => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** Responds without a body. */
export const empty = (status: number): Responder => (_call, response) => { response.writeHead(status).end() }

/** Never responds. */
export const silence: Responder = () => {}

/** Accepts an attach request. Afterwards, the test uses the socket as the container. */
export function upgrade (socket: Duplex): void {
  socket.write('HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n')
}

/** Starts an event stream that remains open. Adds its response to `opened`, so that the test can write events. */
export const eventStream = (opened: ServerResponse[] = []): Responder => (_call, response) => {
  response.writeHead(200)
  response.flushHeaders()
  opened.push(response)
}

/** Returns one frame of the multiplexed stream. */
export function frame (type: 0 | 1 | 2, text: string | Buffer): Buffer {
  const bytes = Buffer.from(text)
  const header = Buffer.alloc(8)
  header[0] = type
  header.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([header, bytes])
}
