import type { ContainerLimits, ImageDescription, ReadySandbox } from '../runs/ports.js'
import { Demand } from './demand.js'

/** Weight of the newest measurement in a moving average. */
const NEWEST_WEIGHT = 0.3
const FIRST_BACKOFF_MS = 500
const MAX_BACKOFF_MS = 60_000
/** Assumed memory of a ready container before the first measurement. */
const ASSUMED_BYTES = 24 * 1024 * 1024
/** Assumed duration of a refill before the first measurement. */
const ASSUMED_REFILL_MS = 150
/**
 * While all cores are busy, refills may use five percent of one core: the pause between two refills is a multiple of
 * their duration.
 */
const REFILL_WAIT_FACTOR = 20

/** A lower memory limit is safe for a container that uses at most this share of it. */
const SAFE_SHARE = 0.5

export interface Waiting {
  sandbox: ReadySandbox
  sinceMs: number
}

/** The ready containers of one image, and its demand. Contains only state. */
export class ImagePool {
  image: ImageDescription
  /** Oldest first. A lease takes the oldest container, because it had the most time to warm up. */
  readonly ready: Waiting[] = []
  readonly demand: Demand
  starting = 0
  /** Start time of the last refill. */
  startedAtMs = 0
  refillMs = ASSUMED_REFILL_MS
  idleBytes = ASSUMED_BYTES
  /** The state of the measurement of `idleBytes`. */
  measurement: 'none' | 'started' | 'done' = 'none'
  leasedAtMs = 0
  #failures = 0
  #retryAtMs = 0

  constructor (image: ImageDescription, decayMs: number) {
    this.image = image
    this.demand = new Demand(decayMs)
  }

  state (): { ready: number, starting: number, refillMs: number, idleBytes: number } {
    return { ready: this.ready.length, starting: this.starting, refillMs: Math.round(this.refillMs), idleBytes: this.idleBytes }
  }

  get count (): number { return this.ready.length + this.starting }

  /** Whether a ready container can be given these limits. */
  allows (limits: ContainerLimits): boolean {
    if (!changesLimits(limits)) return true
    if (this.image.language?.resizable !== true) return false
    const { memoryBytes = Infinity } = limits
    return memoryBytes === Infinity || (this.measurement === 'done' && this.idleBytes <= SAFE_SHARE * memoryBytes)
  }

  /** Removes and returns the oldest container that has not ended. */
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

  /**
   * Delays the next refill. The delay increases with each failure. During the delay, further failures do not count: the
   * containers of a shared shim end together.
   */
  failed (nowMs: number): void {
    if (nowMs < this.#retryAtMs) return
    this.#retryAtMs = nowMs + Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.#failures)
    this.#failures++
  }

  /** Must be called after a lease of a container of this image, or after a change of the engine's images. */
  resetBackoff (): void {
    this.#failures = 0
    this.#retryAtMs = 0
  }

  /** Whether the image has had no container for a long time while all cores were busy. */
  isStarved (busySinceMs: number, nowMs: number): boolean {
    return this.count === 0 && nowMs - Math.max(busySinceMs, this.startedAtMs) >= REFILL_WAIT_FACTOR * this.refillMs
  }

  mayRefill (nowMs: number): boolean {
    return nowMs >= this.#retryAtMs
  }
}

export function changesLimits ({ memoryBytes, processes }: ContainerLimits): boolean {
  return memoryBytes !== undefined || processes !== undefined
}
