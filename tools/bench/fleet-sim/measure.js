import { availableParallelism, cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

import { BenchService, readyContainers, until } from '../bench-service.js'
import { throughput } from '../statistics.js'

/** @typedef {import('./node-model.js').Profile} Profile */
/** @typedef {{ image: string, payload: object }} Hello */

const SAMPLES = 20
const RUNS_PER_CONCURRENCY = 24
const SLOTS = 2 * availableParallelism()
const POOL_MAX = 16

/**
 * Measures the durations of hello programs without other runs, and the throughput of a node.
 * @param {string} socketPath
 * @param {Hello[]} hellos
 * @param {number} [samples] number of runs of each kind
 */
export async function measureNode (socketPath, hellos, samples = SAMPLES) {
  const cold = await BenchService.start(socketPath, { POOL_MAX: '0' })
  const pooled = await BenchService.start(socketPath, { POOL_IMAGES: hellos.map(({ image }) => image).join(), POOL_MIN: '2', POOL_MAX: String(POOL_MAX) })
  const programs = []
  const [first] = hellos
  if (first === undefined) throw new RangeError('no programs')
  for (const hello of hellos) {
    const times = { warm: /** @type {number[]} */ ([]), cold: /** @type {number[]} */ ([]) }
    for (let n = 0; n < samples; n++) {
      times.cold.push(await timed(cold, hello))
      await readyContainers(pooled, 2 * hellos.length)
      times.warm.push(await timed(pooled, hello))
    }
    programs.push({ image: hello.image, ...times })
  }
  const refillMs = await measureRefill(pooled, first, samples)
  const rates = await throughputs(pooled, first)
  await Promise.all([cold.stop(), pooled.stop()])
  const { model = '' } = cpus()[0] ?? {}
  return { machine: { cpu: model, cpus: availableParallelism(), loadAverage: loadavg()[0] }, samples, slots: SLOTS, poolMax: POOL_MAX, refillMs, throughput: rates, programs }
}

/**
 * Measures a node under an open loop, and what the simulation needs for the same node at the same time.
 * @param {BenchService} service
 * @param {Hello} hello
 * @param {{ load: number, runs: number }} options `load` is the share of the highest throughput
 */
export async function measureOpenLoop (service, hello, { load, runs }) {
  const alone = []
  for (let n = 0; n < SAMPLES; n++) alone.push(await timed(service, hello))
  const rates = await throughputs(service, hello)
  rates[1] = 1000 * alone.length / alone.reduce((sum, each) => sum + each, 0)
  await sleep(1000)
  const ratePerSecond = load * Math.max(...rates)
  const latencies = await openLoop(service, hello, { ratePerSecond, runs })
  await sleep(1000)
  return { alone, throughput: rates, ratePerSecond, latencies }
}

/** @param {BenchService} service @param {Hello} hello @returns {Promise<number[]>} */
async function throughputs (service, hello) {
  const rates = [0]
  for (let concurrency = 1; concurrency <= SLOTS; concurrency++) {
    rates.push(await throughput(async () => { await timed(service, hello) }, { concurrency, count: RUNS_PER_CONCURRENCY }))
  }
  return rates
}

/** @param {BenchService} service @param {Hello} hello @param {{ ratePerSecond: number, runs: number }} options @returns {Promise<number[]>} */
async function openLoop (service, hello, { ratePerSecond, runs }) {
  const started = []
  let startAt = performance.now()
  for (let n = 0; n < runs; n++) {
    await sleep(Math.max(0, startAt - performance.now()))
    started.push(timed(service, hello))
    startAt += -Math.log(1 - Math.random()) * 1000 / ratePerSecond
  }
  return await Promise.all(started)
}

/** @param {BenchService} service @param {Hello} hello @param {number} samples @returns {Promise<number>} the median time until the pool has replaced a container */
async function measureRefill (service, hello, samples) {
  const times = []
  const ready = async () => (await service.pool()).ready
  for (let n = 0; n < samples; n++) {
    await sleep(500)
    const before = await ready()
    const startedAt = performance.now()
    await timed(service, hello)
    await until(async () => await ready() >= before)
    times.push(performance.now() - startedAt)
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN
}

/** @param {BenchService} service @param {Hello} hello @returns {Promise<number>} milliseconds */
async function timed (service, { image, payload }) {
  const startedAt = performance.now()
  const { outcome, stdout } = await service.run(image, payload)
  if (outcome !== 'completed' || !stdout.startsWith('Hello')) throw new Error(`${image}: ${outcome}: ${stdout}`)
  return performance.now() - startedAt
}
