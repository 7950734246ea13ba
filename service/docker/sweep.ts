import type Docker from 'dockerode'

import { LABEL_BOOT, LABEL_EXPIRES, LABEL_LIFETIME, LABEL_OWNER, type ContainerIdentity } from './container-settings.js'
import { messageOf } from './engine-errors.js'
import type { Engine } from './engine.js'
import type { Remover } from './remover.js'

const INTERVAL_MS = 60_000
/** If a container has not been started for this time, the service that created it has crashed. */
const UNSTARTED_MS = 60_000

interface SweepParts {
  engine: Engine
  remover: Remover
  identity: ContainerIdentity
  log: { info: (details: object, message: string) => void, warn: (details: object, message: string) => void }
  /** Returns a monotonic time in milliseconds; tests replace it. */
  clock?: () => number
}

/**
 * Removes containers that crashed services left, at startup and every minute. Does not affect containers of running
 * services: their age is the time for which this service has observed them. The wall clock is not used, because a jump of the clock would
 * stop active runs.
 */
export class Sweep {
  readonly #parts: SweepParts
  readonly #now: () => number
  /** The time when each container was first observed. */
  #seenAtMs = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined

  constructor (parts: SweepParts) {
    this.#parts = parts
    this.#now = parts.clock ?? (() => performance.now())
  }

  async start (): Promise<void> {
    this.#timer = setInterval(() => { void this.sweep() }, INTERVAL_MS)
    this.#timer.unref()
    await this.sweep()
  }

  close (): void {
    clearInterval(this.#timer)
  }

  /** Resolves with the number of removed containers. Never rejects. */
  async sweep (): Promise<number> {
    const { engine, remover, identity, log } = this.#parts
    try {
      const containers = await engine.call<Docker.ContainerInfo[]>((options) => engine.docker.listContainers({
        ...options, all: true, filters: { label: [LABEL_EXPIRES] } as never
      }))
      const now = this.#now()
      this.#seenAtMs = new Map(containers.map(({ Id }) => [Id, this.#seenAtMs.get(Id) ?? now]))
      const left = containers.filter((container) => isLeftBehind(container, identity, now - (this.#seenAtMs.get(container.Id) ?? now)))
      await Promise.all(left.map(({ Id }) => remover.remove(Id)))
      if (left.length > 0) log.info({ removed: left.length }, 'sweep')
      return left.length
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'sweep failed')
      return 0
    }
  }
}

/**
 * Whether a container has exceeded its labelled lifetime, was not started for over a minute, or was created by this
 * service before its restart. The owner contains a listen address, so no other running service has the same owner.
 * @param seenMs time for which this service has observed the container, in milliseconds
 */
export function isLeftBehind (container: Docker.ContainerInfo, identity: ContainerIdentity, seenMs: number): boolean {
  const { Labels: labels, State: state } = container
  if (labels[LABEL_OWNER] === identity.owner && labels[LABEL_BOOT] !== identity.boot) return true
  return seenMs >= lifetimeMs(container) || (state === 'created' && seenMs >= UNSTARTED_MS)
}

/** Returns the labelled lifetime. Older services label only the wall-clock time of the expiry. */
function lifetimeMs ({ Labels: labels, Created: createdSeconds }: Docker.ContainerInfo): number {
  const labelled = Number(labels[LABEL_LIFETIME])
  if (labelled > 0) return labelled
  const expiresMs = Date.parse(labels[LABEL_EXPIRES] ?? '')
  return Number.isNaN(expiresMs) ? 0 : Math.max(UNSTARTED_MS, expiresMs - createdSeconds * 1000)
}
