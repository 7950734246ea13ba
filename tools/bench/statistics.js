import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * @typedef {{ n: number, p50: number, p95: number, p99: number }} Summary percentiles in milliseconds
 * @typedef {Summary & { repeats: number[] }} Measurement the medians of the summaries of several repeats. `repeats` has the p50 of each repeat and shows the noise
 */

/**
 * Returns the quantile `q` (0 to 1) of sorted values, by linear interpolation (type 7 of Hyndman and Fan).
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
 * Returns the percentiles of a list of values.
 * @param {number[]} values
 * @returns {Summary}
 */
export function summarize (values) {
  const sorted = values.toSorted((a, b) => a - b)
  return { n: sorted.length, p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) }
}

/**
 * Returns the medians of several summaries.
 * @param {Summary[]} summaries
 * @returns {Measurement}
 */
export function medianOf (summaries) {
  const median = (/** @type {(summary: Summary) => number} */ value) => quantile(summaries.map(value).toSorted((a, b) => a - b), 0.5)
  return {
    n: summaries.reduce((sum, { n }) => sum + n, 0),
    p50: median(({ p50 }) => p50),
    p95: median(({ p95 }) => p95),
    p99: median(({ p99 }) => p99),
    repeats: summaries.map(({ p50 }) => p50)
  }
}

/**
 * Measures several functions in turn in each round, so that a disturbance of the machine affects all of them.
 * A function may return a time that it measured itself, in milliseconds.
 * @param {Record<string, () => Promise<number | void>>} things
 * @param {{ rounds: number, before?: (name: string) => Promise<void> }} options `before` runs before each call; its duration is not measured
 * @returns {Promise<Record<string, number[]>>} the times of each function in milliseconds
 */
export async function interleave (things, { rounds, before = async () => {} }) {
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(things).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, thing] of Object.entries(things)) {
      await before(name)
      const startedAt = performance.now()
      const own = await thing()
      times[name]?.push(own ?? performance.now() - startedAt)
    }
  }
  return times
}

/**
 * Measures the CPU time that the whole machine spends on one run, including the engine, clean-up and refill.
 * @param {() => Promise<unknown>} thing
 * @param {{ runs: number, settleMs: number }} options
 * @returns {Promise<number>} milliseconds
 */
export async function cpuPerRun (thing, { runs, settleMs }) {
  const before = busyMs()
  for (let run = 0; run < runs; run++) {
    await thing()
    await sleep(settleMs)
  }
  return (busyMs() - before) / runs
}

/** Returns the CPU time of all cores since boot, without idle time. @returns {number} milliseconds */
export function busyMs () {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
}

/**
 * Measures how many calls complete per second.
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
