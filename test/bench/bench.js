// Measures the service against the engine alone and against interpreters started by hand, all in one run.
// node test/bench/bench.js [--rounds 40] [--languages python,c] [--out test/bench/out]
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { bareProcess } from './bare.js'
import { EngineFloor } from './engine-floor.js'
import { toMarkdown } from './report.js'
import { ServiceProcess } from './service-process.js'
import { interleave, summarize, throughput } from './statistics.js'

// The built service's own settings, so that the floor is that of the very same container.
/** @type {typeof import('../../service/config.js')} */
const { readConfig } = await import(built('config.js'))
/** @type {typeof import('../../service/docker/container-settings.js')} */
const { containerSettings, ONE_RUN } = await import(built('docker/container-settings.js'))

/** Lets the engine finish its clean-up of the container before, which nobody waits for. */
const SETTLE_MS = 120
const CONCURRENCIES = [1, 2, 4, 8]
const RUNS_PER_CONCURRENCY = 40
const SUSTAINED_LANGUAGE = 'python'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    languages: { type: 'string', default: 'python,javascript,ruby,c' },
    out: { type: 'string', default: 'test/bench/out' }
  }
})
const socketPath = process.env.RUNONCE_TEST_DOCKER_SOCKET ?? '/var/run/docker.sock'
const config = readConfig({ API_ACCESS_TOKEN: 'bench-3f9c1d7e5b2a4860', DOCKER_UNIX_SOCKET_PATH: socketPath })
const engine = new EngineFloor(socketPath)
const service = await ServiceProcess.start(socketPath, { POOL_MAX: '0' })
try {
  const report = await measure()
  mkdirSync(options.out, { recursive: true })
  writeFileSync(join(options.out, 'bench.json'), JSON.stringify(report, null, 2))
  writeFileSync(join(options.out, 'bench.md'), toMarkdown(report))
  process.stdout.write(toMarkdown(report))
} finally {
  await service.stop()
  engine.close()
}

/** @returns {Promise<import('./report.js').Report>} */
async function measure () {
  /** @type {import('./report.js').Report['hello']} */
  const hello = {}
  for (const language of options.languages.split(',')) hello[language] = await measureHello(language)
  return {
    takenAt: new Date().toISOString(),
    machine: { cores: availableParallelism(), engine: (await engine.get('/version')).Version, node: process.version },
    hello,
    sustained: await measureSustained()
  }
}

/** @param {string} language */
async function measureHello (language) {
  const { image, payload, settings, main, program } = await subject(language)
  const bare = bareProcess(language, main, program)
  const times = await interleave({
    floor: async () => { expectHello((await engine.run(settings(), JSON.stringify(payload))).result) },
    cold: async () => { expectHello(await service.run(image, payload)) },
    ...(bare === undefined ? {} : { bare: bare.run })
  }, { rounds: Number(options.rounds), pause: async () => { await sleep(SETTLE_MS) } })
  bare?.remove()
  return {
    floor: summarize(times.floor ?? []),
    cold: summarize(times.cold ?? []),
    bare: times.bare === undefined ? null : summarize(times.bare)
  }
}

async function measureSustained () {
  const { image, payload, settings } = await subject(SUSTAINED_LANGUAGE)
  const sustained = []
  for (const concurrency of CONCURRENCIES) {
    const load = { concurrency, count: RUNS_PER_CONCURRENCY }
    const ceiling = await throughput(async () => {
      const { result, ended } = await engine.run(settings(), JSON.stringify(payload))
      expectHello(result)
      await ended
    }, load)
    await sleep(1000)
    const cold = await throughput(async () => { expectHello(await service.run(image, payload)) }, load)
    await sleep(1000)
    sustained.push({ concurrency, ceiling, cold })
  }
  return sustained
}

/** What is measured of a language: its image's own hello. @param {string} language */
async function subject (language) {
  const image = `runonce/${language}:latest`
  const { Id: id, Config: { User: user, Labels: labels } } = await engine.get(`/images/${image}/json`)
  const main = labels['runonce.main']
  const program = labels['runonce.hello']
  const described = { ref: image, id, user, language: /** @type {any} */ ({}), memoryBytes: undefined, processes: undefined }
  const settings = () => containerSettings({
    image: described, container: config.container, run: config.run, identity: { owner: 'bench', boot: 'bench' }, purpose: ONE_RUN
  })
  return { image, main, program, settings, payload: { files: [{ name: main, content: program }] } }
}

/** @param {{ stdout: string, outcome?: string, error: string }} result */
function expectHello (result) {
  if (!result.stdout.startsWith('Hello')) throw new Error(`not a hello: ${JSON.stringify(result).slice(0, 300)}`)
}

/** @param {string} file */
function built (file) {
  return new URL(`../../dist/${file}`, import.meta.url).href
}
