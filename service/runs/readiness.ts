import type { EngineStatus, PoolSnapshot, Readiness } from './ports.js'

/** Ready while the engine answers and the service isn't stopping. */
export class ServiceReadiness implements Readiness {
  #stopping = false

  constructor (private readonly engine: EngineStatus, private readonly sandboxes: { snapshot (): PoolSnapshot }) {}

  stop (): void {
    this.#stopping = true
  }

  pool (): PoolSnapshot {
    return this.sandboxes.snapshot()
  }

  async notReady (): Promise<string | undefined> {
    if (this.#stopping) return 'The service is shutting down'
    return await this.engine.ping().then(() => undefined, (error: Error) => error.message)
  }
}
