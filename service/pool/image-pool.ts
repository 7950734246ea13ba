import type { ImageDescription, ReadySandbox } from '../runs/ports.js'
import { Demand } from './demand.js'

/** Weight of the newest measurement in a mean. */
const NEWEST_WEIGHT = 0.3
const FIRST_BACKOFF_MS = 500
const LONGEST_BACKOFF_MS = 60_000
/** What a waiting container is taken to hold until one was measured. */
const ASSUMED_BYTES = 24 * 1024 * 1024
/** What a refill is taken to last until one was measured. */
const ASSUMED_REFILL_MS = 150
/** While all cores are busy, a refill may take a twentieth of one: it waits for so many times as long as it takes. */
const REFILLS_BETWEEN = 20

export interface Waiting {
  sandbox: ReadySandbox
  sinceMs: number
}

/** One image's ready containers and what is known of its demand. Holds state, starts nothing. */
export class ImagePool {
  image: ImageDescription
  /** Oldest first: the oldest is the warmest. */
  readonly ready: Waiting[] = []
  readonly demand: Demand
  starting = 0
  /** When the last refill began. */
  startedAtMs = 0
  hits = 0
  misses = 0
  refillMs = ASSUMED_REFILL_MS
  idleBytes = ASSUMED_BYTES
  measured = false
  askedAtMs = 0
  #failures = 0
  #retryAtMs = 0

  constructor (image: ImageDescription, fadeMs: number) {
    this.image = image
    this.demand = new Demand(fadeMs)
  }

  get count (): number { return this.ready.length + this.starting }

  /** The oldest that is still alive. */
  take (): ReadySandbox | undefined {
    for (;;) {
      const waiting = this.ready.shift()
      if (waiting === undefined || !waiting.sandbox.ended) return waiting?.sandbox
      waiting.sandbox.retire()
    }
  }

  has (sandbox: ReadySandbox): boolean {
    return this.ready.some((waiting) => waiting.sandbox === sandbox)
  }

  remove (sandbox: ReadySandbox): boolean {
    const index = this.ready.findIndex((waiting) => waiting.sandbox === sandbox)
    if (index >= 0) this.ready.splice(index, 1)
    return index >= 0
  }

  refilled (tookMs: number): void {
    this.refillMs += NEWEST_WEIGHT * (tookMs - this.refillMs)
  }

  /** Repeated failure makes the next refill wait longer each time. */
  failed (nowMs: number): void {
    this.#retryAtMs = nowMs + Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.#failures)
    this.#failures++
  }

  /** A container of this image served, or the engine changed: what failed before says nothing any more. */
  forgive (): void {
    this.#failures = 0
    this.#retryAtMs = 0
  }

  /** Nothing is ready, and nothing was started since all cores got busy, for long. */
  isStarved (busySinceMs: number, nowMs: number): boolean {
    return this.count === 0 && nowMs - Math.max(busySinceMs, this.startedAtMs) >= REFILLS_BETWEEN * this.refillMs
  }

  mayRefill (nowMs: number): boolean {
    return nowMs >= this.#retryAtMs
  }
}
