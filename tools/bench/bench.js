// Measures the service against the engine alone and against the bare interpreter, all in one run.
// node tools/bench/bench.js [--rounds 40] [--repeats 5] [--languages python,c] [--sustained python] [--bursts python] [--out tools/bench/out]
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { BareInContainer } from './bare-in-container.js'
import { bareProcess } from './bare.js'
import { EngineFloor, exchange } from './engine-floor.js'
import { toSvg } from './chart.js'
import { toMarkdown } from './report.js'
import { ServiceProcess } from './service-process.js'
import { cpuPerRun, interleave, medianOf, summarize, throughput } from './statistics.js'
import { subjectsOf } from './subjects.js'

/** @typedef {import('./subjects.js').Subject} Subject */

// The built service's own settings, so that the floor is that of the very same container.
/** @type {typeof import('../../service/config/config.js')} */
const { readConfig } = await import(built('config/config.js'))
/** @type {typeof import('../../service/docker/container-settings.js')} */
const { containerSettings, ONE_RUN } = await import(built('docker/container-settings.js'))

/** Lets the engine finish its clean-up of the container before, which nobody waits for. */
const SETTLE_MS = 120
const CONCURRENCIES = [1, 2, 4, 8, 16]
const RUNS_PER_CONCURRENCY = 48
const BURST = 20
const BURSTS = 20
const BURST_SETTLE_MS = 1000
const CPU_RUNS = 8
const OTHER_REQUESTS = 20
const CPU_SETTLE_MS = 400

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '8' },
    repeats: { type: 'string', default: '5' },
    languages: { type: 'string', default: 'python,javascript,ruby,c' },
    sustained: { type: 'string', default: 'python' },
    bursts: { type: 'string', default: 'python' },
    out: { type: 'string', default: 'tools/bench/out' }
  }
})
const socketPath = process.env.RUNONCE_TEST_DOCKER_SOCKET ?? '/var/run/docker.sock'
const config = readConfig({ API_ACCESS_TOKEN: 'bench-3f9c1d7e5b2a4860', DOCKER_UNIX_SOCKET_PATH: socketPath })
const engine = new EngineFloor(socketPath)
const cold = await ServiceProcess.start(socketPath, { POOL_MAX: '0' })
const pooled = await ServiceProcess.start(socketPath, { POOL_IMAGES: '', POOL_MAX: '8', POOL_MEMORY: '2000000000' })
try {
  const report = await measure()
  process.stdout.write(toMarkdown(report))
} finally {
  await cold.stop()
  await pooled.stop()
  engine.close()
}

/** @returns {Promise<import('./report.js').Report>} what is written after each of its parts: a long run that fails late keeps the others */
async function measure () {
  /** @type {import('./report.js').Report} */
  const report = {
    takenAt: new Date().toISOString(),
    machine: { cores: availableParallelism(), engine: (await engine.get('/version')).Version, node: process.version },
    latency: [],
    sustained: [],
    bursts: []
  }
  for (const language of names(options.languages)) {
    for (const [i, subject] of (await subjectsOf(engine, settingsOf, language)).entries()) {
      report.latency.push({ language, program: i === 0 ? 'hello' : 'real', ...await measureLatency(subject) })
      save(report)
    }
  }
  for (const language of names(options.sustained)) {
    const [hello] = await subjectsOf(engine, settingsOf, language)
    if (hello !== undefined) report.sustained.push(...await measureSustained(hello))
    save(report)
  }
  for (const language of names(options.bursts)) {
    const [hello] = await subjectsOf(engine, settingsOf, language)
    if (hello !== undefined) report.bursts.push(await measureBursts(hello))
    save(report)
  }
  return report
}

/** @param {import('./report.js').Report} report */
function save (report) {
  mkdirSync(options.out, { recursive: true })
  writeFileSync(join(options.out, 'bench.json'), JSON.stringify(report, null, 2))
  writeFileSync(join(options.out, 'bench.md'), toMarkdown(report))
  writeFileSync(join(options.out, 'bench.svg'), toSvg(report))
}

/** Each figure is the median of the repeats' own. @param {Subject} subject */
async function measureLatency (subject) {
  const onHost = subject.input === '' ? bareProcess(subject.language, subject.main, subject.program) : undefined
  const inContainer = await BareInContainer.start(engine, { ...subject, settings: subject.settings() })
  const payload = JSON.stringify(subject.payload)
  /** @type {Record<string, import('./statistics.js').Summary[]>} */
  const repeats = {}
  /** @type {import('node:stream').Duplex | undefined} */
  let waiting
  for (let repeat = 0; repeat < Number(options.repeats); repeat++) {
    const times = await interleave({
      floor: async () => { expect(subject, (await engine.run(subject.settings(), payload)).result) },
      cold: async () => { expect(subject, await cold.run(subject.image, subject.payload)) },
      raw: async () => {
        const socket = /** @type {import('node:stream').Duplex} */ (waiting)
        waiting = undefined
        expect(subject, (await exchange(socket, payload)).result)
      },
      warm: async () => { expect(subject, await pooled.run(subject.image, subject.payload)) },
      hot: async () => { expect(subject, await pooled.run(subject.image, subject.payload)) },
      ...(inContainer === undefined ? {} : { bare: async () => await inContainer.run() }),
      ...(onHost === undefined ? {} : { host: onHost.run })
    }, {
      rounds: Number(options.rounds),
      before: async (name) => {
        if (name === 'raw') waiting ??= await engine.prepare(subject.settings(true))
        if (name === 'warm' || name === 'hot') {
          // The next raw exchange's container, as old by then as the pool's: one that has just started still has its memory in the CPU's caches.
          waiting ??= await engine.prepare(subject.settings(true))
          await untilReady(subject)
        }
        await sleep(SETTLE_MS)
        // What the service does for a request is in the CPU's caches then.
        if (name === 'hot') for (let i = 0; i < OTHER_REQUESTS; i++) await pooled.about()
      }
    })
    for (const [name, values] of Object.entries(times)) (repeats[name] ??= []).push(summarize(values))
  }
  waiting?.destroy()
  onHost?.remove()
  await inContainer?.stop()
  return {
    figures: Object.fromEntries(Object.entries(repeats).map(([name, summaries]) => [name, medianOf(summaries)])),
    cpu: {
      cold: await cpuPerRun(() => cold.run(subject.image, subject.payload), { runs: CPU_RUNS, settleMs: CPU_SETTLE_MS }),
      warm: await cpuPerRun(() => pooled.run(subject.image, subject.payload), { runs: CPU_RUNS, settleMs: CPU_SETTLE_MS })
    }
  }
}

/** All at once, on a pool that is smaller, next to no pool at all: what one of them waits. @param {Subject} subject */
async function measureBursts (subject) {
  /** @type {{ cold: number[], pool: number[] }} */
  const times = { cold: [], pool: [] }
  const small = await ServiceProcess.start(socketPath, { POOL_IMAGES: subject.image, POOL_MIN: '4', POOL_MAX: '4' })
  const burst = async (/** @type {ServiceProcess} */ service, /** @type {number[]} */ into) => {
    await Promise.all(Array.from({ length: BURST }, async () => {
      const startedAt = performance.now()
      expect(subject, await service.run(subject.image, subject.payload))
      into.push(performance.now() - startedAt)
    }))
    await sleep(BURST_SETTLE_MS)
  }
  for (let round = 0; round < BURSTS; round++) {
    await burst(cold, times.cold)
    while ((await small.readiness()).pool.ready < 4) await sleep(20)
    await burst(small, times.pool)
  }
  await small.stop()
  return { language: subject.language, size: BURST, cold: summarize(times.cold), pool: summarize(times.pool) }
}

/** @param {Subject} subject */
async function measureSustained (subject) {
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

/** Waits until the pool has one for it, asking once to make it known. @param {Subject} subject */
async function untilReady ({ image, payload }) {
  for (let polls = 0; polls < 3000; polls++) {
    const { pool } = await pooled.readiness()
    const own = pool.images.find((/** @type {{ image: string }} */ entry) => entry.image === image)
    if (own === undefined || own.target === 0) await pooled.run(image, payload)
    else if (own.ready > 0) return
    await sleep(10)
  }
  throw new Error(`the pool made nothing ready for ${image}`)
}

/** @param {any} image @param {boolean} [ready] */
function settingsOf (image, ready = false) {
  const purpose = ready ? { idleMs: 60_000, warm: true, announce: true } : ONE_RUN
  return containerSettings({ image, container: config.container, run: config.run, identity: { owner: 'bench', boot: 'bench' }, purpose })
}

/** @param {Subject} subject @param {{ stdout: string }} result */
function expect (subject, result) {
  if (!result.stdout.startsWith(subject.expected)) {
    throw new Error(`${subject.image}: not what was expected: ${JSON.stringify(result).slice(0, 400)}`)
  }
}

/** @param {string} list */
function names (list) {
  return list.split(',').filter((name) => name !== '')
}

/** @param {string} file */
function built (file) {
  return new URL(`../../dist/${file}`, import.meta.url).href
}
