/**
 * @typedef {{ n: number, p50: number, p95: number, p99: number }} Summary milliseconds
 */

/**
 * The quantile `q` (0 to 1) of sorted values, by linear interpolation (type 7 of Hyndman and Fan).
 * @param {number[]} sorted
 * @param {number} q
 */
export function quantile (sorted, q) {
  const at = (sorted.length - 1) * q
  const below = sorted[Math.floor(at)] ?? NaN
  const above = sorted[Math.ceil(at)] ?? NaN
  return below + (above - below) * (at - Math.floor(at))
}

/**
 * @param {number[]} values
 * @returns {Summary}
 */
export function summarize (values) {
  const sorted = values.toSorted((a, b) => a - b)
  return { n: sorted.length, p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) }
}

/** @param {number[]} values */
export function median (values) {
  return quantile(values.toSorted((a, b) => a - b), 0.5)
}

/**
 * Measures several things in turn, round after round, so that what disturbs the machine disturbs all of them alike.
 * @param {Record<string, () => Promise<void>>} things
 * @param {{ rounds: number, pause?: () => Promise<void> }} options `pause` runs before each measurement and is not counted
 * @returns {Promise<Record<string, number[]>>} milliseconds
 */
export async function interleave (things, { rounds, pause = async () => {} }) {
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(things).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, thing] of Object.entries(things)) {
      await pause()
      const startedAt = performance.now()
      await thing()
      times[name]?.push(performance.now() - startedAt)
    }
  }
  return times
}

/**
 * How many of `thing` end a second with so many at once.
 * @param {() => Promise<void>} thing
 * @param {{ concurrency: number, count: number }} options
 */
export async function throughput (thing, { concurrency, count }) {
  let left = count
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (left-- > 0) await thing()
  }))
  return count / ((performance.now() - startedAt) / 1000)
}
