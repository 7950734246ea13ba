import type Docker from 'dockerode'

import { LABEL_BOOT, LABEL_EXPIRES, LABEL_OWNER, type ContainerIdentity } from './container-settings.js'
import { messageOf, type Engine } from './engine.js'
import type { Remover } from './remover.js'

const INTERVAL_MS = 60_000
/** One that was created and not started for so long has lost its service. */
const UNSTARTED_MS = 60_000

interface SweepParts {
  engine: Engine
  remover: Remover
  identity: ContainerIdentity
  log: { info: (details: object, message: string) => void, warn: (details: object, message: string) => void }
}

/** Takes away what crashed services left behind, at boot and each minute, and leaves other services' containers alone. */
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

  /** One round; resolves with how many containers it removed. Never rejects. */
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
 * Expired; or never started and over a minute old; or of an earlier life of this very service. The last needs no waiting:
 * the owner names an address that only one service can listen on at a time, and we do.
 */
export function isLeftBehind (container: Docker.ContainerInfo, identity: ContainerIdentity, nowMs: number): boolean {
  const { Labels: labels, State: state, Created: createdSeconds } = container
  if (labels[LABEL_OWNER] === identity.owner && labels[LABEL_BOOT] !== identity.boot) return true
  const expires = Date.parse(labels[LABEL_EXPIRES] ?? '')
  if (Number.isNaN(expires) || expires <= nowMs) return true
  return state === 'created' && nowMs - createdSeconds * 1000 > UNSTARTED_MS
}
