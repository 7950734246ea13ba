import type { PoolConfig } from '../config/config.js'
import type {
  ImageChanges, ImageDescription, Images, LeaseCounts, Load, PoolSnapshot, PoolStatus, ReadySandbox, Sandbox, SandboxFactory, Sandboxes
} from '../runs/ports.js'
import { ImagePool } from './image-pool.js'
import { LeaseCounter } from './lease-counter.js'
import { Resolver, type ResolvedImages } from './resolve.js'
import { Sizing } from './sizing.js'
import { warmUp } from './warm-up.js'

const TICK_MS = 1000

interface PoolParts {
  factory: SandboxFactory
  images: Images & ImageChanges
  load: Load
  config: PoolConfig
  cores: number
  log: { debug: (details: object, message: string) => void, warn: (details: object, message: string) => void }
  /** The current time, milliseconds; for tests. */
  clock?: () => number
  tickMs?: number
}

/**
 * Ready containers that wait for their payload, a few for each image in use. A lease takes one for good. Refills run in the
 * background and yield to runs.
 */
export class Pool implements Sandboxes, PoolStatus {
  readonly #parts: PoolParts
  readonly #now: () => number
  /** By image ID, so that a tag that moved does not serve old containers. */
  readonly #pools = new Map<string, ImagePool>()
  readonly #sizing: Sizing
  readonly #maxRefills: number
  readonly #leases = new LeaseCounter()
  readonly #refills = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  #busySinceMs: number | undefined
  readonly #resolver: Resolver<ImagePool>
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor (parts: PoolParts) {
    this.#parts = parts
    this.#sizing = new Sizing(parts.config)
    this.#maxRefills = Math.max(1, Math.floor(parts.cores / 2))
    this.#resolver = new Resolver(parts.images, parts.config.images, {
      inUse: () => [...this.#pools.values()], resolved: (found, asked) => this.#resolved(found, asked)
    })
    // Not the wall clock: set back by an hour, it would delay refills by an hour.
    this.#now = parts.clock ?? (() => performance.now())
  }

  /** Fills the pool for the images that are kept ready, and starts the timer. Safe to call twice. */
  async start (): Promise<void> {
    if (this.#timer !== undefined || this.#closed || this.#parts.config.max === 0) return
    this.#timer = setInterval(() => { this.#tick() }, this.#parts.tickMs ?? TICK_MS)
    this.#timer.unref()
    this.#parts.images.onImagesChanged(() => { void this.#resolver.refresh() })
    await this.#resolver.refresh()
  }

  /**
   * Retires all ready containers and those of refills in progress; refills are not interrupted, or they would leave
   * containers that never start. Later leases create containers.
   */
  async close (): Promise<void> {
    this.#closed = true
    this.#closing.abort()
    this.#resolver.close()
    clearInterval(this.#timer)
    for (const pool of this.#pools.values()) this.#empty(pool)
    await Promise.all(this.#refills)
  }

  async lease (image: ImageDescription): Promise<Sandbox> {
    if (this.#closed || this.#parts.config.max === 0 || image.language === undefined) return await this.#parts.factory.lease(image)
    const pool = this.#poolOf(image)
    const now = this.#now()
    pool.leasedAtMs = now
    pool.demand.arrive(now, pool.refillMs)
    const ready = pool.take()
    if (ready === undefined) {
      this.#leases.miss(image.ref)
      return await this.#parts.factory.lease(image)
    }
    this.#leases.hit(image.ref)
    pool.resetBackoff()
    // The run goes first: replace its container when it ends.
    void ready.whenEnded.then(() => this.#refill())
    return ready
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
    this.#refill()
  }

  /** Memory is known only after a measurement, and may then exceed the limit. */
  #shrink (): void {
    const pools = [...this.#pools.values()]
    for (;;) {
      const victim = this.#sizing.excess(pools)
      if (victim === undefined) return
      victim.take()?.retire()
    }
  }

  /** Starts as many refills as the limits and the load allow. Call whenever either may have changed. */
  #refill (): void {
    while (!this.#closed && this.#refills.size < this.#maxRefills) {
      // An image that cannot get space must not block the others.
      const pool = this.#imagesToRefill().find((each) => this.#makeSpaceFor(each))
      if (pool === undefined) return
      const refill = this.#start(pool).finally(() => {
        this.#refills.delete(refill)
        this.#refill()
      })
      this.#refills.add(refill)
    }
  }

  /**
   * Refills compete with runs for CPU: while every core has a run, none starts, as a container made on demand costs the same.
   * The exception is an image without ready containers for long: long runs would keep it from getting any.
   */
  #imagesToRefill (): ImagePool[] {
    const now = this.#now()
    const { load, cores } = this.#parts
    if (load.waiting === 0 && load.running < cores) {
      this.#busySinceMs = undefined
      return this.#sizing.imagesToRefill(this.#pools.values(), now)
    }
    const busySinceMs = this.#busySinceMs ??= now
    return this.#refills.size > 0 ? [] : this.#sizing.imagesToRefill(this.#pools.values(), now).filter((pool) => pool.isStarved(busySinceMs, now))
  }

  /** Retires containers of less recently used images until one more container is within the limits. */
  #makeSpaceFor (pool: ImagePool): boolean {
    const pools = [...this.#pools.values()]
    while (!this.#sizing.hasSpaceFor(pool, pools)) {
      const victim = this.#sizing.victimFor(pool, pools)
      if (victim === undefined) return false
      victim.take()?.retire()
    }
    return true
  }

  async #start (pool: ImagePool): Promise<void> {
    pool.starting++
    const startedAt = pool.startedAtMs = this.#now()
    try {
      const sandbox = await this.#parts.factory.prepare(pool.image, { idleMs: this.#parts.config.maxAgeMs, warm: true })
      await warmUp(sandbox, this.#closing.signal)
      this.#admit(pool, sandbox, startedAt)
    } catch (error) {
      pool.failed(this.#now())
      this.#parts.log.warn({ image: pool.image.ref, reason: (error as Error).message }, 'pool: refill failed')
    } finally {
      pool.starting--
    }
  }

  #admit (pool: ImagePool, sandbox: ReadySandbox, startedAt: number): void {
    const now = this.#now()
    if (sandbox.ended) {
      // Its stream has ended; the container may still exist.
      sandbox.retire()
      throw new Error('the container ended before it was ready')
    }
    if (this.#closed || this.#pools.get(pool.image.id) !== pool) {
      sandbox.retire()
      return
    }
    pool.refilled(now - startedAt)
    pool.ready.push({ sandbox, sinceMs: now })
    this.#parts.log.debug({ image: pool.image.ref, ready: pool.ready.length, refillMs: now - startedAt }, 'pool: refilled')
    void sandbox.whenEnded.then(() => this.#lost(pool, sandbox))
    if (!pool.measured) void this.#measure(pool, sandbox)
  }

  /** A ready container's stream ended before a lease. */
  #lost (pool: ImagePool, sandbox: ReadySandbox): void {
    if (!pool.remove(sandbox) || this.#closed) return
    sandbox.retire()
    pool.failed(this.#now())
    this.#parts.log.warn({ image: pool.image.ref, containerId: sandbox.id }, 'pool: a ready container ended before its lease')
  }

  async #measure (pool: ImagePool, sandbox: ReadySandbox): Promise<void> {
    pool.measured = true
    const bytes = await this.#parts.factory.idleBytes(sandbox).catch(() => undefined)
    // If it was leased meanwhile, this is the program's memory.
    if (bytes === undefined || !pool.has(sandbox)) pool.measured = false
    else pool.idleBytes = bytes
  }

  #empty (pool: ImagePool): void {
    for (const { sandbox } of pool.ready.splice(0)) sandbox.retire()
  }

  /**
   * Retires containers of images that no name in use refers to any more.
   * @param asked the images whose names were looked up; others came into use meanwhile
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
    this.#refill()
  }
}
