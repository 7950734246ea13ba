import type { LeaseCounts } from '../runs/status-ports.js'

/**
 * Counts the leases of each image name. The counts of images that are no longer used are kept, so that they never
 * decrease.
 */
export class LeaseCounter {
  readonly #counts = new Map<string, LeaseCounts>()

  hit (image: string): void {
    this.#of(image).hits++
  }

  miss (image: string): void {
    this.#of(image).misses++
  }

  of (image: string): LeaseCounts {
    return { ...this.#of(image) }
  }

  all (): LeaseCounts[] {
    return [...this.#counts.values()].map((counts) => ({ ...counts }))
  }

  #of (image: string): LeaseCounts {
    const counts = this.#counts.get(image) ?? { image, hits: 0, misses: 0 }
    this.#counts.set(image, counts)
    return counts
  }
}
