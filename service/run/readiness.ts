import type { EngineStatus, Readiness } from './ports.js'

/** Ready while the engine answers and the service isn't stopping. */
export class ServiceReadiness implements Readiness {
  #stopping = false

  constructor (private readonly engine: EngineStatus) {}

  stop (): void {
    this.#stopping = true
  }

  async notReady (): Promise<string | undefined> {
    if (this.#stopping) return 'The service is shutting down'
    return await this.engine.ping().then(() => undefined, (error: Error) => error.message)
  }
}
