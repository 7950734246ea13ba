import { messageOf, statusOf, type Engine } from './engine.js'

const ATTEMPTS = 4
const FIRST_RETRY_MS = 250

interface RemoverOptions {
  /** DEBUG_KEEP_CONTAINER: containers are killed, but stay. */
  keep: boolean
  warn: (details: Record<string, unknown>, message: string) => void
}

/** Removes containers off the request's path, and knows how many removals are still under way. */
export class Remover {
  readonly #pending = new Set<Promise<void>>()

  constructor (private readonly engine: Engine, private readonly options: RemoverOptions) {}

  /**
   * Kills and removes a container; one that is gone, or going, counts as removed. What still fails after a few
   * attempts is left to the sweep. Never rejects.
   * @see Docker Engine API v1.41, ContainerDelete
   */
  remove (containerId: string): Promise<void> {
    const removal = this.#attempt(containerId, 1).finally(() => this.#pending.delete(removal))
    this.#pending.add(removal)
    return removal
  }

  /** Resolves when all removals under way are over. */
  async settled (): Promise<void> {
    await Promise.all(this.#pending)
  }

  async #attempt (containerId: string, attempt: number): Promise<void> {
    try {
      const container = this.engine.docker.getContainer(containerId)
      await this.engine.call((options) => this.options.keep
        ? container.kill(options as never)
        : container.remove({ ...options, force: true, v: true } as never))
    } catch (error) {
      // 404: gone. 409: the engine's own AutoRemove is at it, or it does not run any more.
      const status = statusOf(error)
      if (status === 404 || status === 409) return
      if (attempt >= ATTEMPTS) {
        this.options.warn({ containerId, reason: messageOf(error) }, 'container not removed; the sweep will take it')
        return
      }
      await new Promise((resolve) => setTimeout(resolve, FIRST_RETRY_MS * 2 ** (attempt - 1)).unref())
      await this.#attempt(containerId, attempt + 1)
    }
  }
}
