import type Docker from 'dockerode'

import { LABEL_BOOT, LABEL_EXPIRES, LABEL_LIFETIME, LABEL_OWNER, type ContainerIdentity } from './container-settings.js'
import { messageOf } from './engine-errors.js'
import type { Engine } from './engine.js'
import type { Remover } from './remover.js'

const INTERVAL_MS = 60_000
/** A container that was seen for so long without being started belongs to a service that crashed. */
const UNSTARTED_MS = 60_000

interface SweepParts {
  engine: Engine
  remover: Remover
  identity: ContainerIdentity
  log: { info: (details: object, message: string) => void, warn: (details: object, message: string) => void }
  /** Milliseconds of a monotonic clock; for tests. */
  clock?: () => number
}

/**
 * Removes what crashed services left behind, at start and every minute. Leaves the containers of running services alone:
 * their age is the time that this service has seen them. The wall clock may jump, and would then end live runs.
 */
export class Sweep {
  readonly #parts: SweepParts
  readonly #now: () => number
  /** When each container was seen first. */
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
 * Whether a container has outlived its labelled lifetime, was not started for over a minute, or belongs to this service
 * before its restart. The owner names a listen address, so no other running service has the same.
 * @param seenMs how long this service has seen the container, milliseconds
 */
export function isLeftBehind (container: Docker.ContainerInfo, identity: ContainerIdentity, seenMs: number): boolean {
  const { Labels: labels, State: state } = container
  if (labels[LABEL_OWNER] === identity.owner && labels[LABEL_BOOT] !== identity.boot) return true
  return seenMs >= lifetimeMs(container) || (state === 'created' && seenMs >= UNSTARTED_MS)
}

/** The labelled lifetime. Older services label only the wall-clock time of the expiry. */
function lifetimeMs ({ Labels: labels, Created: createdSeconds }: Docker.ContainerInfo): number {
  const labelled = Number(labels[LABEL_LIFETIME])
  if (labelled > 0) return labelled
  const expiresMs = Date.parse(labels[LABEL_EXPIRES] ?? '')
  return Number.isNaN(expiresMs) ? 0 : Math.max(UNSTARTED_MS, expiresMs - createdSeconds * 1000)
}
