import { setTimeout as sleep } from 'node:timers/promises'

import { BenchService } from './bench-service.js'
import { summarize, throughput } from './statistics.js'
import { expect } from './subjects.js'

/** @typedef {import('./subjects.js').Subject} Subject */

const CONCURRENCIES = [1, 2, 4, 8, 16]
const RUNS_PER_CONCURRENCY = 48
const BURSTS = { count: 20, runs: 20, settleMs: 1000 }

/**
 * Measures the durations of runs in a burst, without a pool and with a pool that is smaller than the burst.
 * @param {{ socketPath: string, cold: BenchService }} parts
 * @param {Subject} subject
 */
export async function measureBursts ({ socketPath, cold }, subject) {
  /** @type {{ cold: number[], pool: number[] }} */
  const times = { cold: [], pool: [] }
  const small = await BenchService.start(socketPath, { POOL_IMAGES: subject.image, POOL_MIN: '4', POOL_MAX: '4' })
  const burst = async (/** @type {BenchService} */ service, /** @type {number[]} */ into) => {
    await Promise.all(Array.from({ length: BURSTS.runs }, async () => {
      const startedAt = performance.now()
      expect(subject, await service.run(subject.image, subject.payload))
      into.push(performance.now() - startedAt)
    }))
    await sleep(BURSTS.settleMs)
  }
  for (let round = 0; round < BURSTS.count; round++) {
    await burst(cold, times.cold)
    while ((await small.pool()).ready < 4) await sleep(20)
    await burst(small, times.pool)
  }
  await small.stop()
  return { language: subject.language, size: BURSTS.runs, cold: summarize(times.cold), pool: summarize(times.pool) }
}

/**
 * Measures the runs per second of the engine alone, and of the service without and with a pool.
 * @param {{ engine: import('./engine-floor.js').EngineFloor, cold: BenchService, pooled: BenchService }} parts
 * @param {Subject} subject
 */
export async function measureSustained ({ engine, cold, pooled }, subject) {
  const sustained = []
  for (const concurrency of CONCURRENCIES) {
    const load = { concurrency, count: RUNS_PER_CONCURRENCY }
    const payload = JSON.stringify(subject.payload)
    const ceiling = await throughput(async () => {
      const { result, ended } = await engine.run(subject.settings(), payload)
      expect(subject, result)
      await ended
    }, load)
    await sleep(1000)
    const coldRate = await throughput(async () => { expect(subject, await cold.run(subject.image, subject.payload)) }, load)
    await sleep(1000)
    const poolRate = await throughput(async () => { expect(subject, await pooled.run(subject.image, subject.payload)) }, load)
    await sleep(2000)
    sustained.push({ language: subject.language, concurrency, ceiling, cold: coldRate, pool: poolRate })
  }
  return sustained
}
