import type { PoolConfig } from '../config/config.js'
import type { ImagePool } from './image-pool.js'

/**
 * Decides how many ready containers each image gets, and from which image a container is retired when a limit is
 * reached.
 */
export class Sizing {
  #kept = new Set<string>()

  /** @param overheadBytes returns the memory of a ready container outside of its cgroup */
  constructor (private readonly limits: PoolConfig, private readonly overheadBytes: () => number) {}

  /** Sets the images, by ID, that are kept ready even if they are not used. */
  keep (imageIds: string[]): void {
    this.#kept = new Set(imageIds)
  }

  target (pool: ImagePool, nowMs: number): number {
    const least = this.#kept.has(pool.image.id) ? this.limits.min : 0
    return Math.min(this.limits.max, Math.max(least, pool.demand.target(nowMs)))
  }

  /** Returns the images below their target. The image with the lowest ratio comes first. */
  imagesToRefill (pools: Iterable<ImagePool>, nowMs: number): ImagePool[] {
    return [...pools]
      .map((pool) => ({ pool, filled: pool.count / this.target(pool, nowMs) }))
      .filter(({ pool, filled }) => filled < 1 && pool.mayRefill(nowMs))
      .sort((a, b) => a.filled - b.filled)
      .map(({ pool }) => pool)
  }

  /** Whether there is space for one more container of this image. */
  hasSpaceFor (pool: ImagePool, pools: ImagePool[]): boolean {
    const count = pools.reduce((sum, other) => sum + other.count, 1)
    const bytes = this.#hostBytes(pools) + pool.idleBytes + this.overheadBytes()
    return count <= this.limits.max && bytes <= this.limits.memoryBytes
  }

  /**
   * Returns the image from which a container is retired in favor of `pool`: the least recently leased image, if its
   * last lease was before that of `pool`.
   */
  victimFor (pool: ImagePool, pools: ImagePool[]): ImagePool | undefined {
    return pools.filter((other) => other !== pool && other.ready.length > 0 && other.leasedAtMs < pool.leasedAtMs)
      .sort((a, b) => a.leasedAtMs - b.leasedAtMs)[0]
  }

  /**
   * Returns the image from which a container is retired because the memory limit is exceeded; undefined if the limit
   * is not exceeded or no container is ready.
   */
  excess (pools: ImagePool[]): ImagePool | undefined {
    if (this.#hostBytes(pools) <= this.limits.memoryBytes) return undefined
    return pools.filter((pool) => pool.ready.length > 0).sort((a, b) => a.leasedAtMs - b.leasedAtMs)[0]
  }

  /** Whether the image has no containers and was not leased for a long time. */
  isForgotten (pool: ImagePool, nowMs: number): boolean {
    return pool.count === 0 && !this.#kept.has(pool.image.id) && nowMs - pool.leasedAtMs >= this.limits.idleTtlMs
  }

  /** Memory of all ready containers on the engine's machine. */
  #hostBytes (pools: ImagePool[]): number {
    return pools.reduce((sum, pool) => sum + pool.count * (pool.idleBytes + this.overheadBytes()), 0)
  }
}
