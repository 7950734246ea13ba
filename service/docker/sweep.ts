import type Docker from 'dockerode'

import { LABEL_BOOT, LABEL_EXPIRES, LABEL_OWNER, type ContainerIdentity } from './container-settings.js'
import { messageOf } from './engine-errors.js'
import type { Engine } from './engine.js'
import type { Remover } from './remover.js'

const INTERVAL_MS = 60_000
/** A container that was created so long ago and never started belongs to a service that crashed. */
const UNSTARTED_MS = 60_000

interface SweepParts {
  engine: Engine
  remover: Remover
  identity: ContainerIdentity
  log: { info: (details: object, message: string) => void, warn: (details: object, message: string) => void }
}

/** Removes what crashed services left behind, at start and every minute. Leaves the containers of running services alone. */
export class Sweep {
  #timer: NodeJS.Timeout | undefined

  constructor (private readonly parts: SweepParts) {}

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
    const { engine, remover, identity, log } = this.parts
    try {
      const containers = await engine.call<Docker.ContainerInfo[]>((options) => engine.docker.listContainers({
        ...options, all: true, filters: { label: [LABEL_EXPIRES] } as never
      }))
      const left = containers.filter((container) => isLeftBehind(container, identity, Date.now()))
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
 * Whether a container has expired, was never started and is over a minute old, or belongs to this service before its
 * restart. The owner names a listen address, so no other running service has the same.
 */
export function isLeftBehind (container: Docker.ContainerInfo, identity: ContainerIdentity, nowMs: number): boolean {
  const { Labels: labels, State: state, Created: createdSeconds } = container
  if (labels[LABEL_OWNER] === identity.owner && labels[LABEL_BOOT] !== identity.boot) return true
  const expires = Date.parse(labels[LABEL_EXPIRES] ?? '')
  if (Number.isNaN(expires) || expires <= nowMs) return true
  return state === 'created' && nowMs - createdSeconds * 1000 > UNSTARTED_MS
}
