import type { ReadySandbox, SandboxFactory } from '../runs/ports.js'
import type { Load } from '../runs/status-ports.js'
import type { ImagePool } from './image-pool.js'
import type { Sizing } from './sizing.js'
import { warmUp } from './warm-up.js'

interface RefillerParts {
  factory: SandboxFactory
  load: Load
  cores: number
  log: { debug: (details: object, message: string) => void, warn: (details: object, message: string) => void }
  /** The images of the pool by image ID. The pool shares this map. */
  pools: ReadonlyMap<string, ImagePool>
  sizing: Sizing
  /** Maximum time that a container may wait for its payload, in milliseconds. */
  maxAgeMs: number
  /** Returns the current time in milliseconds. */
  now: () => number
  /** Called after a container has been added to the ready containers of an image. */
  filled: (pool: ImagePool, sandbox: ReadySandbox) => void
}

/**
 * Creates ready containers in the background, at most one per two cores at a time. Runs have priority over
 * refills.
 */
export class Refiller {
  readonly #parts: RefillerParts
  readonly #maxRefills: number
  readonly #refills = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  /** The time when all cores became busy; undefined while a core is free. */
  #busySinceMs: number | undefined

  constructor (parts: RefillerParts) {
    this.#parts = parts
    this.#maxRefills = Math.max(1, Math.floor(parts.cores / 2))
  }

  /**
   * Starts as many refills as the limits and the load allow. Must be called whenever the limits or the load may have
   * changed.
   */
  refill (): void {
    while (!this.#closing.signal.aborted && this.#refills.size < this.#maxRefills) {
      // An image without space must not block the others.
      const pool = this.#imagesToRefill().find((each) => this.#makeSpaceFor(each))
      if (pool === undefined) return
      const refill = this.#start(pool).finally(() => {
        this.#refills.delete(refill)
        this.refill()
      })
      this.#refills.add(refill)
    }
  }

  /** Starts no further refills. Resolves when the refills in progress have retired their containers. */
  async close (): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#refills)
  }

  /**
   * Refills and runs compete for CPU time. While every core has a run, no refill starts, because a container that is
   * created on demand takes the same time. There is one exception: an image that has had no ready containers for a
   * long time, because long runs could otherwise prevent its refill indefinitely.
   */
  #imagesToRefill (): ImagePool[] {
    const { load, cores, sizing, pools } = this.#parts
    const now = this.#parts.now()
    if (load.waiting === 0 && load.running < cores) {
      this.#busySinceMs = undefined
      return sizing.imagesToRefill(pools.values(), now)
    }
    const busySinceMs = this.#busySinceMs ??= now
    return this.#refills.size > 0 ? [] : sizing.imagesToRefill(pools.values(), now).filter((pool) => pool.isStarved(busySinceMs, now))
  }

  /** Retires containers of less recently used images until there is space for one more container. */
  #makeSpaceFor (pool: ImagePool): boolean {
    const { sizing } = this.#parts
    const pools = [...this.#parts.pools.values()]
    while (!sizing.hasSpaceFor(pool, pools)) {
      const victim = sizing.victimFor(pool, pools)
      if (victim === undefined) return false
      victim.take()?.retire()
    }
    return true
  }

  async #start (pool: ImagePool): Promise<void> {
    const { factory, log, maxAgeMs, now } = this.#parts
    pool.starting++
    const startedAt = pool.startedAtMs = now()
    try {
      const sandbox = await factory.prepare(pool.image, { idleMs: maxAgeMs, warm: true })
      await warmUp(sandbox, this.#closing.signal)
      this.#add(pool, sandbox, startedAt)
    } catch (error) {
      pool.failed(now())
      log.warn({ image: pool.image.ref, reason: (error as Error).message }, 'pool: refill failed')
    } finally {
      pool.starting--
    }
  }

  #add (pool: ImagePool, sandbox: ReadySandbox, startedAt: number): void {
    const { pools, log, filled } = this.#parts
    const now = this.#parts.now()
    if (sandbox.ended) {
      // The stream has ended, but the container may still exist.
      sandbox.retire()
      throw new Error('the container ended before it was ready')
    }
    if (this.#closing.signal.aborted || pools.get(pool.image.id) !== pool) {
      sandbox.retire()
      return
    }
    pool.refilled(now - startedAt)
    pool.ready.push({ sandbox, sinceMs: now })
    log.debug({ image: pool.image.ref, ready: pool.ready.length, refillMs: now - startedAt }, 'pool: refilled')
    filled(pool, sandbox)
  }
}
