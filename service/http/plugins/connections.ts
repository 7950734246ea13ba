import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A connection that has not sent a request yet may be about to: it is left that long, milliseconds. */
const SILENT_MS = 1_000

/**
 * The connections of a server, and the answers on their way out on them. Node's own `close` destroys a connection whose answer was
 * handed over and not sent yet, which for a client that reads slowly is most of it.
 */
export class Connections {
  readonly #sockets = new Set<Socket>()
  readonly #served = new WeakSet<Socket>()
  readonly #answers = new Map<ServerResponse, Socket>()
  #stopping = false
  #over = false
  #tellQuiet = () => {}

  constructor (server: Server) {
    server.on('connection', (socket: Socket) => {
      if (this.#over) {
        socket.destroy()
        return
      }
      this.#sockets.add(socket)
      socket.once('close', () => {
        this.#sockets.delete(socket)
        // Node tells no end of answers that wait behind another on a connection that breaks off.
        for (const [response, its] of this.#answers) if (its === socket) this.#answers.delete(response)
        this.#tellIfQuiet()
      })
    })
    // Before the application, which may answer at once.
    server.prependListener('request', ({ socket }, response) => {
      this.#answers.set(response, socket)
      if (this.#stopping) response.setHeader('connection', 'close')
      response.once('close', () => this.#out(response, socket))
    })
  }

  /**
   * Closes the idle connections at once, the others as soon as their answers are out, and all that are left after `longestMs`
   * milliseconds. The server goes on listening, and takes nobody in any more; close it then.
   */
  async drain (longestMs: number): Promise<void> {
    this.#stopping = true
    this.#endAnswerless((socket) => this.#served.has(socket))
    const silent = setTimeout(() => this.#endAnswerless(() => true), SILENT_MS)
    let longest: NodeJS.Timeout | undefined
    await Promise.race([
      new Promise<void>((resolve) => { longest = setTimeout(resolve, longestMs) }),
      new Promise<void>((resolve) => {
        this.#tellQuiet = resolve
        this.#tellIfQuiet()
      })
    ])
    clearTimeout(silent)
    clearTimeout(longest)
    this.#over = true
    for (const socket of this.#sockets) socket.destroy()
  }

  #out (response: ServerResponse, socket: Socket): void {
    this.#answers.delete(response)
    this.#served.add(socket)
    if (!this.#stopping) return
    // Requests that were sent one behind the other share their connection.
    if (![...this.#answers.values()].includes(socket)) socket.end()
    this.#tellIfQuiet()
  }

  #tellIfQuiet (): void {
    if (this.#answers.size === 0 && [...this.#sockets].every((socket) => this.#served.has(socket))) this.#tellQuiet()
  }

  #endAnswerless (which: (socket: Socket) => boolean): void {
    const answering = new Set(this.#answers.values())
    for (const socket of this.#sockets) if (!answering.has(socket) && which(socket)) socket.destroy()
  }
}
