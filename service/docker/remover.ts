import { messageOf, statusOf } from './engine-errors.js'
import type { Engine } from './engine.js'

const ATTEMPTS = 4
const FIRST_RETRY_MS = 250

interface RemoverOptions {
  /** With DEBUG_KEEP_CONTAINER, containers are killed but not removed. */
  keep: boolean
  warn: (details: Record<string, unknown>, message: string) => void
}

/** Removes containers in the background. */
export class Remover {
  readonly #pending = new Set<Promise<void>>()

  constructor (private readonly engine: Engine, private readonly options: RemoverOptions) {}

  /**
   * Kills and removes a container. After a few failed attempts, the sweep removes it. Never rejects.
   * @see Docker Engine API v1.41, ContainerDelete
   */
  remove (containerId: string): Promise<void> {
    const removal = this.#attempt(containerId, 1).finally(() => this.#pending.delete(removal))
    this.#pending.add(removal)
    return removal
  }

  /** Resolves when all removals in progress are done. */
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
      // 404: already removed. 409: AutoRemove is already removing the container or, for kill, the container is not running.
      const status = statusOf(error)
      if (status === 404 || status === 409) return
      if (attempt >= ATTEMPTS) {
        this.options.warn({ containerId, reason: messageOf(error) }, 'container not removed; the sweep will retry')
        return
      }
      await new Promise((resolve) => setTimeout(resolve, FIRST_RETRY_MS * 2 ** (attempt - 1)).unref())
      await this.#attempt(containerId, attempt + 1)
    }
  }
}
