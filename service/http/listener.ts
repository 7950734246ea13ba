import type { AddressInfo } from 'node:net'

import type { FastifyInstance } from 'fastify'

import { Connections } from './plugins/connections.js'

/** An application on an address of its own. */
export class Listener {
  readonly #connections: Connections

  constructor (private readonly app: FastifyInstance, private readonly host: string, private readonly port: number) {
    this.#connections = new Connections(app.server)
  }

  /** Resolves with where it listens. @throws Error when it can't */
  async listen (): Promise<{ address: string, port: number }> {
    await this.app.listen({ host: this.host, port: this.port })
    const { address, port } = this.app.server.address() as AddressInfo
    return { address, port }
  }

  /** Gives answers that are under way up to `longestMs` milliseconds, and new ones meanwhile; then it is closed. */
  async close (longestMs: number): Promise<void> {
    await this.#connections.drain(longestMs)
    await this.app.close()
  }
}
