import type { PoolConfig } from '../config/config.js'
import type { ContainerLimits, ImageChanges, ImageDescription, Images, ReadySandbox, Sandbox, SandboxFactory, Sandboxes } from '../runs/ports.js'
import type { LeaseCounts, Load, PoolSnapshot, PoolStatus } from '../runs/status-ports.js'
import { changesLimits, ImagePool } from './image-pool.js'
import { LeaseCounter } from './lease-counter.js'
import { Refiller } from './refiller.js'
import { Resolver, type ResolvedImages } from './resolve.js'
import { Sizing } from './sizing.js'

const TICK_MS = 1000

interface PoolParts {
  factory: SandboxFactory
  images: Images & ImageChanges
  load: Load
  config: PoolConfig
  cores: number
  log: { debug: (details: object, message: string) => void, warn: (details: object, message: string) => void }
  /** Returns the current time in milliseconds; tests replace it. */
  clock?: () => number
  tickMs?: number
}

/**
 * Keeps a few ready containers for each image in use. A leased container does not return to the pool. Refills run in
 * the background and have lower priority than runs.
 */
export class Pool implements Sandboxes, PoolStatus {
  readonly #parts: PoolParts
  readonly #now: () => number
  /** The key is the image ID, so that a tag that moved does not lead to old containers. */
  readonly #pools = new Map<string, ImagePool>()
  readonly #sizing: Sizing
  readonly #leases = new LeaseCounter()
  readonly #refiller: Refiller
  readonly #resolver: Resolver<ImagePool>
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor (parts: PoolParts) {
    this.#parts = parts
    // The wall clock is not used, because setting it back by an hour would delay refills by an hour.
    this.#now = parts.clock ?? (() => performance.now())
    this.#sizing = new Sizing(parts.config, () => parts.factory.overheadBytes())
    this.#refiller = new Refiller({
      ...parts, pools: this.#pools, sizing: this.#sizing, maxAgeMs: parts.config.maxAgeMs, now: this.#now, filled: (pool, sandbox) => this.#watch(pool, sandbox)
    })
    this.#resolver = new Resolver(parts.images, parts.config.images, {
      inUse: () => [...this.#pools.values()], resolved: (found, asked) => this.#resolved(found, asked)
    })
  }

  /** Fills the pool for the images that are kept ready, and starts the timer. Can be called twice. */
  async start (): Promise<void> {
    if (this.#timer !== undefined || this.#closed || this.#parts.config.max === 0) return
    this.#timer = setInterval(() => { this.#tick() }, this.#parts.tickMs ?? TICK_MS)
    this.#timer.unref()
    this.#parts.images.onImagesChanged(() => { void this.#resolver.refresh() })
    await this.#resolver.refresh()
  }

  /**
   * Retires all ready containers and those of refills in progress. Refills are not interrupted, because containers
   * that never start would remain. Later leases create containers.
   */
  async close (): Promise<void> {
    this.#closed = true
    this.#resolver.close()
    clearInterval(this.#timer)
    for (const pool of this.#pools.values()) this.#empty(pool)
    await this.#refiller.close()
  }

  async lease (image: ImageDescription, limits: ContainerLimits = {}): Promise<Sandbox> {
    if (this.#closed || this.#parts.config.max === 0 || image.language === undefined) return await this.#parts.factory.lease(image, limits)
    const pool = this.#poolOf(image)
    const now = this.#now()
    pool.leasedAtMs = now
    pool.demand.arrive(now, pool.refillMs)
    const ready = pool.allows(limits) ? pool.take() : undefined
    if (ready === undefined || (changesLimits(limits) && !await this.#resize(ready, limits))) {
      this.#leases.miss(image.ref)
      return await this.#parts.factory.lease(image, limits)
    }
    this.#leases.hit(image.ref)
    pool.resetBackoff()
    // The run has priority: its container is replaced when the run ends.
    void ready.whenEnded.then(() => this.#refiller.refill())
    return ready
  }

  async #resize (ready: ReadySandbox, limits: ContainerLimits): Promise<boolean> {
    const resized = await this.#parts.factory.resize(ready, limits)
    if (!resized) {
      ready.retire()
      this.#refiller.refill()
    }
    return resized
  }

  snapshot (): PoolSnapshot {
    const now = this.#now()
    const images = [...this.#pools.values()].map((pool) => ({
      ...this.#leases.of(pool.image.ref), ...pool.state(), target: this.#sizing.target(pool, now)
    }))
    return { ready: images.reduce((sum, { ready }) => sum + ready, 0), images }
  }

  leases (): LeaseCounts[] {
    return this.#leases.all()
  }

  #poolOf (image: ImageDescription): ImagePool {
    const known = this.#pools.get(image.id)
    if (known !== undefined) return known
    const pool = new ImagePool(image, this.#parts.config.idleTtlMs)
    this.#pools.set(image.id, pool)
    return pool
  }

  #tick (): void {
    void this.#resolver.refreshIfDue()
    const now = this.#now()
    for (const [id, pool] of this.#pools) {
      for (const { sandbox, sinceMs } of [...pool.ready]) {
        if (now - sinceMs >= this.#parts.config.maxAgeMs && pool.remove(sandbox)) sandbox.retire()
      }
      while (pool.ready.length > this.#sizing.target(pool, now)) pool.take()?.retire()
      if (this.#sizing.isForgotten(pool, now)) this.#pools.delete(id)
    }
    this.#shrink()
    this.#refiller.refill()
  }

  /** The memory is known only after a measurement, and can then exceed the limit. */
  #shrink (): void {
    const pools = [...this.#pools.values()]
    for (;;) {
      const victim = this.#sizing.excess(pools)
      if (victim === undefined) return
      victim.take()?.retire()
    }
  }

  /** Observes a container that is now ready. */
  #watch (pool: ImagePool, sandbox: ReadySandbox): void {
    void sandbox.whenEnded.then(() => this.#lost(pool, sandbox))
    if (pool.measurement === 'none') void this.#measure(pool, sandbox)
  }

  /** Handles a ready container whose stream ended before a lease. */
  #lost (pool: ImagePool, sandbox: ReadySandbox): void {
    if (!pool.remove(sandbox) || this.#closed) return
    sandbox.retire()
    pool.failed(this.#now())
    this.#parts.log.warn({ image: pool.image.ref, containerId: sandbox.id }, 'pool: a ready container ended before its lease')
  }

  async #measure (pool: ImagePool, sandbox: ReadySandbox): Promise<void> {
    pool.measurement = 'started'
    const bytes = await this.#parts.factory.idleBytes(sandbox).catch(() => undefined)
    // If the container was leased meanwhile, the measurement includes the program.
    const valid = bytes !== undefined && pool.has(sandbox)
    pool.measurement = valid ? 'done' : 'none'
    if (valid) pool.idleBytes = bytes
  }

  #empty (pool: ImagePool): void {
    for (const { sandbox } of pool.ready.splice(0)) sandbox.retire()
  }

  /**
   * Retires containers of images to which no name in use refers any more.
   * @param asked the images whose names were looked up; other images may be in use by now
   */
  #resolved ({ current, kept }: ResolvedImages, asked: ImagePool[]): void {
    this.#sizing.keep(kept)
    for (const [id, pool] of this.#pools) {
      pool.resetBackoff()
      if (current.has(id) || !asked.includes(pool)) continue
      this.#empty(pool)
      this.#pools.delete(id)
    }
    for (const id of kept) this.#poolOf(current.get(id) as ImageDescription)
    this.#refiller.refill()
  }
}
