// Performance and memory checks. Each check is the ratio of two measurements of the same run on the same machine.
// `npm run bench:check` runs the checks and fails if a ratio exceeds its limit.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { withImages } from '../images/with-images.js'
import { buildService } from '../lib/service-process.js'
import { BareInContainer } from './bare-in-container.js'
import { serviceSettings } from './service-settings.js'
import { BenchService, readyContainers } from './bench-service.js'
import { EngineFloor } from './engine-floor.js'
import { eventRatios, slowClientRatio } from './event-checks.js'
import { interleave, summarize } from './statistics.js'
import { subjectsOf } from './subjects.js'

const ROUNDS = 30
/** Pause between two measurements, in milliseconds. The service removes the container and refills the pool after each result. */
const SETTLE_MS = 150
const WAITING = 50
/** Duration of the idle CPU measurement, in milliseconds. */
const IDLE_MS = 5000
const RESULT_BYTES = 2 ** 20
const RESULTS = 50
const RESULTS_AT_ONCE = 8
/** The highest accepted ratios. Each limit is about twice the measured value, except for the slow client. */
const LIMITS = {
  'ready container ÷ bare python': 1,
  'cold start ÷ engine alone': 1.5,
  'delay of the first event, python ÷ 20 ms': 1,
  'delay of the first event, c ÷ 20 ms': 1,
  'duration of a program with a client that reads 1 kB/s ÷ with a fast client': 1.05,
  'service memory with 50 waiting containers ÷ with 1': 1.2,
  'CPU of 50 waiting containers ÷ one core': 0.005,
  'service memory during 50 results of 1 MiB, 8 at a time ÷ idle': 2.5
}
/** Runs the garbage collector every 250 ms, so that the measurements exclude garbage. */
const COLLECT = 'import v8 from "node:v8";import vm from "node:vm";v8.setFlagsFromString("--expose-gc");setInterval(vm.runInNewContext("gc"),250).unref()'

let failed = 0
await withImages(['bash', 'c', 'python'], async (socketPath) => {
  await buildService()
  const engine = new EngineFloor(socketPath)
  check('ready container ÷ bare python', 'cold start ÷ engine alone', await latencyRatios(socketPath, engine))
  check('delay of the first event, python ÷ 20 ms', 'delay of the first event, c ÷ 20 ms', await eventRatios(socketPath))
  check('duration of a program with a client that reads 1 kB/s ÷ with a fast client', undefined, [await slowClientRatio(socketPath)])
  check('service memory with 50 waiting containers ÷ with 1', 'CPU of 50 waiting containers ÷ one core', await waitingRatios(socketPath, engine))
  check('service memory during 50 results of 1 MiB, 8 at a time ÷ idle', undefined, await outputRatio(socketPath))
  engine.close()
})
process.stdout.write(`${Object.keys(LIMITS).length - failed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 ? 1 : 0

/**
 * @param {keyof typeof LIMITS} first
 * @param {keyof typeof LIMITS | undefined} second
 * @param {number[]} ratios the ratio of each check, in the same order
 */
function check (first, second, ratios) {
  for (const [index, name] of [first, second].entries()) {
    if (name === undefined) continue
    const ratio = ratios[index] ?? NaN
    const passed = ratio <= LIMITS[name]
    if (!passed) failed++
    process.stdout.write(`${passed ? 'ok' : 'not ok'} ${name}: ${ratio.toFixed(4)} (limit ${LIMITS[name]})\n`)
  }
}

/**
 * Measures Python's hello program in four ways: in a ready container, with the bare command, with a service that has no pool, and with the engine alone.
 * @param {string} socketPath
 * @param {EngineFloor} engine
 */
async function latencyRatios (socketPath, engine) {
  const settingsOf = await serviceSettings(socketPath)
  const [subject] = await subjectsOf(engine, settingsOf, 'python')
  if (subject === undefined) throw new Error('python has no hello program')
  const bare = await BareInContainer.start(engine, { ...subject, settings: subject.settings() })
  const cold = await BenchService.start(socketPath, { POOL_MAX: '0' })
  const pooled = await BenchService.start(socketPath, { POOL_IMAGES: subject.image, POOL_MIN: '1', POOL_MAX: '2' })
  const times = await interleave({
    floor: async () => { await engine.run(subject.settings(), JSON.stringify(subject.payload)) },
    cold: async () => { await cold.run(subject.image, subject.payload) },
    ready: async () => { await pooled.run(subject.image, subject.payload) },
    bare: async () => await bare?.run()
  }, {
    rounds: ROUNDS,
    before: async () => {
      await readyContainers(pooled, 1)
      await sleep(SETTLE_MS)
    }
  })
  await Promise.all([cold.stop(), pooled.stop(), bare?.stop()])
  const p50 = (/** @type {string} */ name) => summarize(times[name] ?? []).p50
  return [p50('ready') / p50('bare'), p50('cold') / p50('floor')]
}

/** @param {string} socketPath @param {EngineFloor} engine */
async function waitingRatios (socketPath, engine) {
  const start = async (/** @type {number} */ count) => {
    const service = await BenchService.start(socketPath, {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(COLLECT)}`,
      POOL_IMAGES: 'runonce/bash:latest',
      POOL_MIN: String(count),
      POOL_MAX: String(count),
      POOL_MEMORY: '4000000000'
    })
    await readyContainers(service, count)
    await sleep(1000)
    return service
  }
  const one = await start(1)
  const full = await start(WAITING)
  const memory = residentBytes(full) / residentBytes(one)
  const before = await waitingCpuMs(engine)
  await sleep(IDLE_MS)
  const cpu = (await waitingCpuMs(engine) - before) / IDLE_MS
  await Promise.all([one.stop(), full.stop()])
  return [memory, cpu]
}

/**
 * Measures the total CPU time of all containers that wait in a pool.
 * @returns milliseconds
 * @see Docker Engine API v1.41, ContainerStats
 * @param {EngineFloor} engine
 */
async function waitingCpuMs (engine) {
  const filters = encodeURIComponent(JSON.stringify({ label: ['runonce.expires'], ancestor: ['runonce/bash:latest'] }))
  /** @type {Array<{ Id: string }>} */
  const containers = await engine.get(`/containers/json?filters=${filters}`)
  if (containers.length < WAITING) throw new Error(`${containers.length} waiting containers, at least ${WAITING} were expected`)
  const stats = await Promise.all(containers.map(({ Id }) => engine.get(`/containers/${Id}/stats?stream=false&one-shot=true`)))
  return stats.reduce((sum, { cpu_stats: { cpu_usage: { total_usage: ns } } }) => sum + ns / 1e6, 0)
}

/** @param {string} socketPath */
async function outputRatio (socketPath) {
  const service = await BenchService.start(socketPath, { POOL_MAX: '0', SERVER_WORKER_THREADS: String(RESULTS_AT_ONCE) })
  const payload = { files: [{ name: 'main.py', content: `print("x" * ${RESULT_BYTES - 1})` }] }
  await service.run('runonce/python:latest', { files: [{ name: 'main.py', content: '' }] })
  const idle = residentBytes(service)
  let peak = idle
  const watch = setInterval(() => { peak = Math.max(peak, residentBytes(service)) }, 10)
  let left = RESULTS
  await Promise.all(Array.from({ length: RESULTS_AT_ONCE }, async () => {
    while (left-- > 0) await service.run('runonce/python:latest', payload)
  }))
  clearInterval(watch)
  await service.stop()
  return [peak / idle]
}

/** Returns the resident memory of the service, in bytes. @param {BenchService} service @see proc_pid_status(5), VmRSS */
function residentBytes ({ pid }) {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}
