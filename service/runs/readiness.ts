import type { EngineStatus } from './ports.js'
import type { NodeStatus, PoolSnapshot, PoolStatus, Readiness } from './status-ports.js'

/** Ready while the engine responds, runs work and the service is not shutting down. */
export class ServiceReadiness implements Readiness {
  #stopping = false

  constructor (private readonly engine: EngineStatus, private readonly poolStatus: PoolStatus, private readonly node: NodeStatus) {}

  stop (): void {
    this.#stopping = true
  }

  pool (): PoolSnapshot {
    return this.poolStatus.snapshot()
  }

  async notReady (): Promise<string | undefined> {
    if (this.#stopping) return 'The service is shutting down'
    return await this.engine.ping().then(() => this.node.reason, (error: Error) => error.message)
  }
}
