/**
 * Estimates how many ready containers an image needs: the recent maximum of arrivals during one refill. Maxima decay,
 * so that an image that is no longer used needs no containers.
 */
export class Demand {
  readonly #decayMs: number
  #arrivals: number[] = []
  #peak = 0
  #peakAtMs = 0

  /** @param decayMs time in which a maximum decays to zero, in milliseconds */
  constructor (decayMs: number) {
    this.#decayMs = decayMs
  }

  /** Records an arrival at `nowMs` for an image whose refill takes `refillMs`. */
  arrive (nowMs: number, refillMs: number): void {
    this.#arrivals.push(nowMs)
    const window = this.#arrivals.findIndex((at) => at > nowMs - refillMs)
    if (window > 0) this.#arrivals = this.#arrivals.slice(window)
    if (this.#arrivals.length >= this.target(nowMs)) {
      this.#peak = this.#arrivals.length
      this.#peakAtMs = nowMs
    }
  }

  /** Returns the number of containers that should be ready, before limits apply. */
  target (nowMs: number): number {
    const decayed = (nowMs - this.#peakAtMs) / this.#decayMs
    return decayed >= 1 ? 0 : Math.ceil(this.#peak * (1 - decayed))
  }
}
