import type { PoolConfig } from '../config/config.js'
import type {
  ImageChanges, ImageDescription, Images, Load, PoolSnapshot, ReadySandbox, Sandbox, SandboxFactory, Sandboxes
} from '../runs/ports.js'
import { ImagePool } from './image-pool.js'
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
  /** Milliseconds; tests bring their own. */
  clock?: () => number
  tickMs?: number
}

/**
 * Containers that wait for their payload, a few for each image that is asked for. A lease takes one and never brings it
 * back; refills follow off the request's path and give way to runs.
 */
export class Pool implements Sandboxes {
  readonly #parts: PoolParts
  readonly #now: () => number
  /** By image ID: a tag that moved must not serve old containers. */
  readonly #pools = new Map<string, ImagePool>()
  readonly #sizing: Sizing
  readonly #startsAtOnce: number
  readonly #refills = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  #busySinceMs: number | undefined
  readonly #resolver: Resolver<ImagePool>
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor (parts: PoolParts) {
    this.#parts = parts
    this.#sizing = new Sizing(parts.config)
    this.#startsAtOnce = Math.max(1, Math.floor(parts.cores / 2))
    this.#resolver = new Resolver(parts.images, parts.config.images, {
      inUse: () => [...this.#pools.values()], resolved: (found, asked) => this.#resolved(found, asked)
    })
    // Not the wall clock: set back by an hour, it would hold refills up for as long.
    this.#now = parts.clock ?? (() => performance.now())
  }

  /** Fills up for the images that are to be kept ready, and keeps watch. Safe to call twice. */
  async start (): Promise<void> {
    if (this.#timer !== undefined || this.#closed || this.#parts.config.max === 0) return
    this.#timer = setInterval(() => { this.#tick() }, this.#parts.tickMs ?? TICK_MS)
    this.#timer.unref()
    this.#parts.images.onImagesChanged(() => { void this.#resolver.ask() })
    await this.#resolver.ask()
  }

  /**
   * Retires all that wait, and what refills under way still bring: one cut off in the middle would leave a container that
   * never starts. Leases go the cold way from now on.
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
    pool.askedAtMs = now
    pool.demand.arrive(now, pool.refillMs)
    const ready = pool.take()
    if (ready === undefined) {
      pool.misses++
      return await this.#parts.factory.lease(image)
    }
    pool.hits++
    pool.forgive()
    // The run goes first: its container's end is the moment to replace it.
    void ready.whenEnded.then(() => this.#refill())
    return ready
  }

  snapshot (): PoolSnapshot {
    const now = this.#now()
    const images = [...this.#pools.values()].map((pool) => ({
      image: pool.image.ref,
      ready: pool.ready.length,
      starting: pool.starting,
      target: this.#sizing.target(pool, now),
      hits: pool.hits,
      misses: pool.misses,
      refillMs: Math.round(pool.refillMs),
      idleBytes: pool.idleBytes
    }))
    return { ready: images.reduce((sum, { ready }) => sum + ready, 0), images }
  }

  #poolOf (image: ImageDescription): ImagePool {
    const known = this.#pools.get(image.id)
    if (known !== undefined) return known
    const pool = new ImagePool(image, this.#parts.config.idleTtlMs)
    this.#pools.set(image.id, pool)
    return pool
  }

  #tick (): void {
    void this.#resolver.askIfDue()
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

  /** What a container holds is known only when one was measured, and then all of them may be too many. */
  #shrink (): void {
    const pools = [...this.#pools.values()]
    for (;;) {
      const victim = this.#sizing.excess(pools)
      if (victim === undefined) return
      victim.take()?.retire()
    }
  }

  /** Starts as many refills as the bounds and the load allow now; called again whenever one of these may have changed. */
  #refill (): void {
    while (!this.#closed && this.#refills.size < this.#startsAtOnce) {
      // One that finds no room must not stand before the others.
      const pool = this.#needy().find((each) => this.#makeRoomFor(each))
      if (pool === undefined) return
      const refill = this.#start(pool).finally(() => {
        this.#refills.delete(refill)
        this.#refill()
      })
      this.#refills.add(refill)
    }
  }

  /**
   * Refills take CPU that runs may want: while all cores have runs, none starts, and what comes is served the cold way at the same
   * price. But an image that has had nothing ready for long gets one, or long runs would keep it so for as long as they last.
   */
  #needy (): ImagePool[] {
    const now = this.#now()
    const { load, cores } = this.#parts
    if (load.waiting === 0 && load.running < cores) {
      this.#busySinceMs = undefined
      return this.#sizing.needy(this.#pools.values(), now)
    }
    const busySinceMs = this.#busySinceMs ??= now
    return this.#refills.size > 0 ? [] : this.#sizing.needy(this.#pools.values(), now).filter((pool) => pool.isStarved(busySinceMs, now))
  }

  /** Keeps to the bounds, at the cost of images that were asked for longer ago. */
  #makeRoomFor (pool: ImagePool): boolean {
    const pools = [...this.#pools.values()]
    while (!this.#sizing.hasRoomFor(pool, pools)) {
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
      // Its stream has; the container itself may be there still.
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

  /** A waiting container's stream ended: it died, by whatever hand. */
  #lost (pool: ImagePool, sandbox: ReadySandbox): void {
    if (!pool.remove(sandbox) || this.#closed) return
    sandbox.retire()
    pool.failed(this.#now())
    this.#parts.log.warn({ image: pool.image.ref, containerId: sandbox.id }, 'pool: a ready container ended')
  }

  async #measure (pool: ImagePool, sandbox: ReadySandbox): Promise<void> {
    pool.measured = true
    const bytes = await this.#parts.factory.idleBytes(sandbox).catch(() => undefined)
    // One that was leased meanwhile holds what its program holds.
    if (bytes === undefined || !pool.has(sandbox)) pool.measured = false
    else pool.idleBytes = bytes
  }

  #empty (pool: ImagePool): void {
    for (const { sandbox } of pool.ready.splice(0)) sandbox.retire()
  }

  /**
   * Containers of an image that a tag left, or that is gone, are retired.
   * @param asked what was asked about: an image that came to be used meanwhile is nothing that the answer tells of
   */
  #resolved ({ current, kept }: ResolvedImages, asked: ImagePool[]): void {
    this.#sizing.keep(kept)
    for (const [id, pool] of this.#pools) {
      pool.forgive()
      if (current.has(id) || !asked.includes(pool)) continue
      this.#empty(pool)
      this.#pools.delete(id)
    }
    for (const id of kept) this.#poolOf(current.get(id) as ImageDescription)
    this.#refill()
  }
}
