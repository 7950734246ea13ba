import type { AddressInfo } from 'node:net'

import type { FastifyInstance } from 'fastify'

import { Connections } from './plugins/connections.js'

/** An application with the address that it listens on. */
export class Listener {
  readonly #connections: Connections

  constructor (private readonly app: FastifyInstance, private readonly host: string, private readonly port: number) {
    this.#connections = new Connections(app.server)
  }

  /** Resolves with the actual address and port. @throws Error when it cannot listen */
  async listen (): Promise<{ address: string, port: number }> {
    await this.app.listen({ host: this.host, port: this.port })
    const { address, port } = this.app.server.address() as AddressInfo
    return { address, port }
  }

  /** Lets clients know that the service stops: their next request needs another connection. */
  announceClose (): void {
    this.#connections.announceClose()
  }

  /** Closes the application after its responses are sent, or after `timeoutMs` milliseconds. */
  async close (timeoutMs: number): Promise<void> {
    await this.#connections.drain(timeoutMs)
    await this.app.close()
  }
}
