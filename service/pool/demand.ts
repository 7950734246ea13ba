/**
 * How many containers an image needs ready: the most arrivals within one refill's time, seen lately. Seen peaks fade, so
 * that a burst is met by what the last ones were like, and an image that nobody asks for cools down to nothing.
 */
export class Demand {
  readonly #fadeMs: number
  #arrivals: number[] = []
  #peak = 0
  #peakAtMs = 0

  /** @param fadeMs a peak of one arrival is forgotten after so many milliseconds; a higher one fades to one by then */
  constructor (fadeMs: number) {
    this.#fadeMs = fadeMs
  }

  /** Notes an arrival at `nowMs`, where a refill takes `refillMs`. */
  arrive (nowMs: number, refillMs: number): void {
    this.#arrivals.push(nowMs)
    const window = this.#arrivals.findIndex((at) => at > nowMs - refillMs)
    if (window > 0) this.#arrivals = this.#arrivals.slice(window)
    if (this.#arrivals.length >= this.target(nowMs)) {
      this.#peak = this.#arrivals.length
      this.#peakAtMs = nowMs
    }
  }

  /** Containers to have ready, without regard to any bound. */
  target (nowMs: number): number {
    const agedBy = (nowMs - this.#peakAtMs) / this.#fadeMs
    return agedBy >= 1 ? 0 : Math.ceil(this.#peak * (1 - agedBy))
  }
}
