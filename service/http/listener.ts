import type { AddressInfo } from 'node:net'

import type { FastifyInstance } from 'fastify'

import { Connections } from './plugins/connections.js'

/** Binds an application to an address and closes it gracefully. */
export class Listener {
  readonly #connections: Connections

  constructor (private readonly app: FastifyInstance, private readonly host: string, private readonly port: number) {
    this.#connections = new Connections(app.server)
  }

  /** Starts listening and returns the actual address and port. @throws Error if the address or port is not available */
  async listen (): Promise<{ address: string, port: number }> {
    await this.app.listen({ host: this.host, port: this.port })
    const { address, port } = this.app.server.address() as AddressInfo
    return { address, port }
  }

  /** Announces the shutdown to clients: they must use another connection for their next request. */
  announceClose (): void {
    this.#connections.announceClose()
  }

  /** Closes the application after all responses have been sent, or after `timeoutMs` milliseconds. */
  async close (timeoutMs: number): Promise<void> {
    await this.#connections.drain(timeoutMs)
    await this.app.close()
  }
}
