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
  /** The images of the pool by image ID, shared with the pool. */
  pools: ReadonlyMap<string, ImagePool>
  sizing: Sizing
  /** Maximum time that a container may wait for its payload, milliseconds. */
  maxAgeMs: number
  /** The current time, milliseconds. */
  now: () => number
  /** Called when a container has been added to an image's ready ones. */
  filled: (pool: ImagePool, sandbox: ReadySandbox) => void
}

/** Makes the pool's ready containers in the background, at most one for each two cores at a time. Refills yield to runs. */
export class Refiller {
  readonly #parts: RefillerParts
  readonly #maxRefills: number
  readonly #refills = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  /** When all cores became busy; undefined while one is free. */
  #busySinceMs: number | undefined

  constructor (parts: RefillerParts) {
    this.#parts = parts
    this.#maxRefills = Math.max(1, Math.floor(parts.cores / 2))
  }

  /** Starts as many refills as the limits and the load allow. Call whenever either may have changed. */
  refill (): void {
    while (!this.#closing.signal.aborted && this.#refills.size < this.#maxRefills) {
      // An image that cannot get space must not block the others.
      const pool = this.#imagesToRefill().find((each) => this.#makeSpaceFor(each))
      if (pool === undefined) return
      const refill = this.#start(pool).finally(() => {
        this.#refills.delete(refill)
        this.refill()
      })
      this.#refills.add(refill)
    }
  }

  /** Starts no more refills; resolves when those in progress have retired their containers. */
  async close (): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#refills)
  }

  /**
   * Refills compete with runs for CPU: while every core has a run, none starts, as a container made on demand costs the same.
   * The exception is an image without ready containers for long: long runs would keep it from getting any.
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

  /** Retires containers of less recently used images until one more container is within the limits. */
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
      // Its stream has ended; the container may still exist.
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
