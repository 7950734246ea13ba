import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'

/** How long a new connection without a request stays open during draining, in milliseconds. Its first request may be in transit. */
const UNUSED_MS = 1_000

/**
 * Tracks the connections of a server and their responses in progress. Node's `close` method destroys connections whose response
 * is buffered but not yet sent. For a slow client, this can be most of the response.
 */
export class Connections {
  readonly #sockets = new Set<Socket>()
  readonly #served = new WeakSet<Socket>()
  readonly #responses = new Map<ServerResponse, Socket>()
  #stopping = false
  #resolveIdle = () => {}

  constructor (private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      // A request to upgrade that is not supported emits this event again.
      if (this.#sockets.has(socket)) return
      this.#sockets.add(socket)
      socket.once('close', () => {
        this.#sockets.delete(socket)
        // Node does not emit `close` for pipelined responses that are still queued.
        for (const [response, owner] of this.#responses) if (owner === socket) this.#responses.delete(response)
        this.#checkIdle()
      })
    })
    // This listener must run before the listener of the application, which may respond immediately.
    server.prependListener('request', ({ socket }, response) => {
      this.#responses.set(response, socket)
      if (this.#stopping) response.setHeader('connection', 'close')
      response.once('close', () => this.#responseClosed(response, socket))
    })
  }

  /** Adds `Connection: close` to all further responses and to the responses in progress. */
  announceClose (): void {
    this.#stopping = true
    // Node closes a connection after a response with this header, so only the last of several pipelined responses may have it.
    const lastResponses = new Map([...this.#responses].map(([response, socket]) => [socket, response]))
    for (const response of lastResponses.values()) if (!response.headersSent) response.setHeader('connection', 'close')
  }

  /**
   * Stops listening. Closes idle connections immediately, other connections after their responses have been sent, and all remaining
   * connections after `timeoutMs` milliseconds. The caller must close the server afterwards.
   */
  async drain (timeoutMs: number): Promise<void> {
    this.announceClose()
    await this.#stopListening()
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
    for (const socket of this.#sockets) socket.destroy()
  }

  /**
   * A load balancer sends a request to another machine if its connection is refused, but not if it is closed after the request was sent.
   * The immediate follows the callbacks of new connections, so that the kernel's queue of connections is empty.
   */
  async #stopListening (): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    NetServer.prototype.close.call(this.server)
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
