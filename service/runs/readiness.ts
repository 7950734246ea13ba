import type { EngineStatus, PoolSnapshot, PoolStatus, Readiness } from './ports.js'

/** Ready while the engine responds and the service is not shutting down. */
export class ServiceReadiness implements Readiness {
  #stopping = false

  constructor (private readonly engine: EngineStatus, private readonly poolStatus: PoolStatus) {}

  stop (): void {
    this.#stopping = true
  }

  pool (): PoolSnapshot {
    return this.poolStatus.snapshot()
  }

  async notReady (): Promise<string | undefined> {
    if (this.#stopping) return 'The service is shutting down'
    return await this.engine.ping().then(() => undefined, (error: Error) => error.message)
  }
}
