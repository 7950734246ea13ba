import type { PoolConfig } from '../config/config.js'
import type { ImagePool } from './image-pool.js'

/** How many containers each image should have ready, and who gives way when the bounds are reached. */
export class Sizing {
  #kept = new Set<string>()

  constructor (private readonly bounds: PoolConfig) {}

  /** Names the images, by ID, that are kept ready whether they are asked for or not. */
  keep (imageIds: string[]): void {
    this.#kept = new Set(imageIds)
  }

  target (pool: ImagePool, nowMs: number): number {
    const least = this.#kept.has(pool.image.id) ? this.bounds.min : 0
    return Math.min(this.bounds.max, Math.max(least, pool.demand.target(nowMs)))
  }

  /** The images that may be refilled now, those that lack most of their target first. */
  needy (pools: Iterable<ImagePool>, nowMs: number): ImagePool[] {
    return [...pools]
      .map((pool) => ({ pool, filled: pool.count / this.target(pool, nowMs) }))
      .filter(({ pool, filled }) => filled < 1 && pool.mayRefill(nowMs))
      .sort((a, b) => a.filled - b.filled)
      .map(({ pool }) => pool)
  }

  /** Has one more container of this image its place within the bounds? */
  hasRoomFor (pool: ImagePool, pools: ImagePool[]): boolean {
    const count = pools.reduce((sum, other) => sum + other.count, 1)
    const bytes = pools.reduce((sum, other) => sum + other.count * other.idleBytes, pool.idleBytes)
    return count <= this.bounds.max && bytes <= this.bounds.memoryBytes
  }

  /** The image that gives a container up for `pool`: of those asked for before it, the one that was the longest ago. */
  victimFor (pool: ImagePool, pools: ImagePool[]): ImagePool | undefined {
    return pools.filter((other) => other !== pool && other.ready.length > 0 && other.askedAtMs < pool.askedAtMs)
      .sort((a, b) => a.askedAtMs - b.askedAtMs)[0]
  }

  /** Who gives a container up when all together are over the bounds; undefined when they are not, or none is ready. */
  excess (pools: ImagePool[]): ImagePool | undefined {
    const bytes = pools.reduce((sum, pool) => sum + pool.count * pool.idleBytes, 0)
    if (bytes <= this.bounds.memoryBytes) return undefined
    return pools.filter((pool) => pool.ready.length > 0).sort((a, b) => a.askedAtMs - b.askedAtMs)[0]
  }

  /** Nothing of it is wanted any more, and nobody asks. */
  isForgotten (pool: ImagePool, nowMs: number): boolean {
    return pool.count === 0 && !this.#kept.has(pool.image.id) && nowMs - pool.askedAtMs >= this.bounds.idleTtlMs
  }
}
