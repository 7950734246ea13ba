import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Time that a connection without a request stays open when draining, milliseconds: its request may be on the way. */
const UNUSED_MS = 1_000

/**
 * Tracks a server's connections and the responses in progress on them. Node's own `close` destroys connections whose
 * response is buffered but not sent: with a slow client, most of it.
 */
export class Connections {
  readonly #sockets = new Set<Socket>()
  readonly #served = new WeakSet<Socket>()
  readonly #responses = new Map<ServerResponse, Socket>()
  #stopping = false
  #drained = false
  #resolveIdle = () => {}

  constructor (server: Server) {
    server.on('connection', (socket: Socket) => {
      if (this.#drained) {
        socket.destroy()
        return
      }
      this.#sockets.add(socket)
      socket.once('close', () => {
        this.#sockets.delete(socket)
        // Node emits no close event for pipelined responses that were still waiting.
        for (const [response, owner] of this.#responses) if (owner === socket) this.#responses.delete(response)
        this.#checkIdle()
      })
    })
    // Before the application's listener, which may respond at once.
    server.prependListener('request', ({ socket }, response) => {
      this.#responses.set(response, socket)
      if (this.#stopping) response.setHeader('connection', 'close')
      response.once('close', () => this.#responseClosed(response, socket))
    })
  }

  /** From now on, responses say `Connection: close`, those in progress included. */
  announceClose (): void {
    this.#stopping = true
    // Node closes a connection after the response that says so: of pipelined responses, only the last may.
    const lastResponses = new Map([...this.#responses].map(([response, socket]) => [socket, response]))
    for (const response of lastResponses.values()) if (!response.headersSent) response.setHeader('connection', 'close')
  }

  /**
   * Closes idle connections at once, the others when their responses are sent, and all after `timeoutMs` milliseconds. The
   * server keeps listening but closes new connections; close it afterwards.
   */
  async drain (timeoutMs: number): Promise<void> {
    this.announceClose()
    this.#destroyIdle((socket) => this.#served.has(socket))
    const unused = setTimeout(() => this.#destroyIdle(() => true), UNUSED_MS)
    let timeout: NodeJS.Timeout | undefined
    await Promise.race([
      new Promise<void>((resolve) => { timeout = setTimeout(resolve, timeoutMs) }),
      new Promise<void>((resolve) => {
        this.#resolveIdle = resolve
        this.#checkIdle()
      })
    ])
    clearTimeout(unused)
    clearTimeout(timeout)
    this.#drained = true
    for (const socket of this.#sockets) socket.destroy()
  }

  #responseClosed (response: ServerResponse, socket: Socket): void {
    this.#responses.delete(response)
    this.#served.add(socket)
    if (!this.#stopping) return
    // Pipelined requests share a connection.
    if (![...this.#responses.values()].includes(socket)) socket.end()
    this.#checkIdle()
  }

  #checkIdle (): void {
    if (this.#responses.size === 0 && [...this.#sockets].every((socket) => this.#served.has(socket))) this.#resolveIdle()
  }

  #destroyIdle (which: (socket: Socket) => boolean): void {
    const busy = new Set(this.#responses.values())
    for (const socket of this.#sockets) if (!busy.has(socket) && which(socket)) socket.destroy()
  }
}
