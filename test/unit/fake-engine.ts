import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'

import { Engine } from '../../service/docker/engine.js'

interface Teardown { teardown: (work: () => void | Promise<void>) => void }

/** One call, as the engine saw it. */
export interface EngineCall {
  method: string
  path: string
  query: URLSearchParams
  body: string
}

type Answer = (call: EngineCall, response: ServerResponse, request: IncomingMessage) => void

/** A small HTTP server on a unix socket that answers as the test says, and records what it was asked. */
export class FakeEngine {
  readonly calls: EngineCall[] = []
  readonly attached: Duplex[] = []
  socketPath = ''
  /** By «METHOD /path»; a path that ends in * stands for all that begin so. */
  readonly answers = new Map<string, Answer>()
  onAttach: (socket: Duplex, request: IncomingMessage) => void = upgrade
  readonly #server = createServer((request, response) => { void this.#take(request, response) })
  readonly #sockets = new Set<Duplex>()

  /** @param t ends the engine when the test is over */
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

  /** The service's client for this engine. */
  client (t: Teardown, timeoutMs = 1000): Engine {
    const client = new Engine({ socketPath: this.socketPath, readTimeoutMs: timeoutMs / 2, writeTimeoutMs: timeoutMs / 2 })
    t.teardown(() => client.close())
    return client
  }

  on (route: string, answer: Answer): this {
    this.answers.set(route, answer)
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
    const answer = this.#answerTo(`${call.method} ${call.path}`)
    if (answer === undefined) json(404, { message: 'page not found' })(call, response, request)
    else answer(call, response, request)
  }

  #answerTo (route: string): Answer | undefined {
    const [found] = [...this.answers].find(([pattern]) =>
      pattern.endsWith('*') ? route.startsWith(pattern.slice(0, -1)) : route === pattern) ?? []
    return found === undefined ? undefined : this.answers.get(found)
  }
}

function callOf (request: IncomingMessage, body: string): EngineCall {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://engine')
  return { method: request.method ?? '', path: pathname, query: searchParams, body }
}

/** An answer of JSON. */
export const json = (status: number, body: unknown): Answer => (_call, response) => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** An answer without a body. */
export const empty = (status: number): Answer => (_call, response) => { response.writeHead(status).end() }

/** No answer at all. */
export const silence: Answer = () => {}

/** The engine's answer to an attach: from here on the socket is the container's. */
export function upgrade (socket: Duplex): void {
  socket.write('HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n')
}

/** Starts an event stream that stays open; `opened` gets its response, to write events to. */
export const eventStream = (opened: ServerResponse[] = []): Answer => (_call, response) => {
  response.writeHead(200)
  response.flushHeaders()
  opened.push(response)
}

/** One frame of the multiplexed stream. */
export function frame (type: 0 | 1 | 2, text: string | Buffer): Buffer {
  const bytes = Buffer.from(text)
  const header = Buffer.alloc(8)
  header[0] = type
  header.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([header, bytes])
}
