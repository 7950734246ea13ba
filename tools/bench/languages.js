// npm run bench:languages [-- [--versions] name…]: measures the hello program of all or the named languages, without and with a ready container,
// and writes docs/measurements/languages.json. --versions reads only versions and image sizes. Requires built images. `npm run docs` writes the table.
import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { ensureEngine, stopOnSignal } from '../engine/engine.js'
import { tagOf } from '../images/build-image.js'
import { LANGUAGES, listLanguages } from '../images/language.js'
import { readMeasurements, writeMeasurements } from '../images/measurements.js'
import { selectLanguages } from '../images/select-languages.js'
import { dockerClient } from '../lib/docker-client.js'
import { BenchService, until } from './bench-service.js'
import { summarize } from './statistics.js'

const ROUNDS = 5
/** Pause between two runs, in milliseconds. The engine removes the previous container during the pause. */
const SETTLE_MS = 120

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { versions: { type: 'boolean', default: false } } })
const known = await listLanguages(LANGUAGES)
const { machine, languages } = await readMeasurements()
const measuredAt = new Date().toISOString().slice(0, 10)
const { failed, engineVersion } = await measureAll(selectLanguages(positionals, known))
await writeMeasurements({
  machine: options.versions ? machine : `${availableParallelism()} cores, Docker ${engineVersion}, Node ${process.versions.node}`,
  languages: Object.fromEntries(known.flatMap((name) => languages[name] === undefined ? [] : [[name, languages[name]]]))
})
process.exitCode = failed.length > 0 ? 1 : 0

/**
 * @param {string[]} names
 * @returns {Promise<{failed: string[], engineVersion: string}>} `failed` lists languages that could not be measured; their previous measurements are kept
 */
async function measureAll (names) {
  const engine = await ensureEngine()
  stopOnSignal(engine)
  const failed = []
  if (!options.versions && (loadavg()[0] ?? 0) > availableParallelism()) process.stdout.write(`warning: the machine is busy (load average ${loadavg()[0]?.toFixed(1)}), so the measured times will be too long\n`)
  try {
    const { Version: engineVersion } = await dockerClient(engine.socketPath).version()
    const cold = await BenchService.start(engine.socketPath, { POOL_MAX: '0' })
    for (const name of names) {
      try {
        const { labels, ...found } = await lookUp(engine.socketPath, name)
        const times = options.versions ? {} : await measure(engine.socketPath, cold, name, labels)
        const measured = languages[name] = { ...languages[name], measuredAt, ...found, ...times }
        const { version, coldMs, readyMs } = measured
        process.stdout.write(`${name.padEnd(12)} ${version.padEnd(12)} cold ${coldMs ?? '?'} ms, ready ${readyMs ?? '?'} ms\n`)
      } catch (error) {
        process.stdout.write(`${name.padEnd(12)} FAILED: ${/** @type {Error} */ (error).message}\n`)
        failed.push(name)
      }
    }
    await cold.stop()
    return { failed, engineVersion }
  } finally {
    await engine.stop()
  }
}

/**
 * @param {string} socketPath
 * @param {string} name
 */
async function lookUp (socketPath, name) {
  const { Size: bytes, Config: { Labels: labels = {} } } = await dockerClient(socketPath).getImage(tagOf(name)).inspect()
  return { version: labels['runonce.version'] ?? '', bytes, labels }
}

/**
 * @param {string} socketPath
 * @param {BenchService} cold
 * @param {string} name
 * @param {Record<string, string>} labels
 * @returns {Promise<{coldMs: number, readyMs: number}>}
 */
async function measure (socketPath, cold, name, labels) {
  const image = tagOf(name)
  const payload = { files: [{ name: labels['runonce.main'] ?? '', content: labels['runonce.hello'] ?? '' }] }
  const coldMs = await medianRun(cold, image, payload, async () => {})
  const pooled = await BenchService.start(socketPath, { POOL_IMAGES: image, POOL_MIN: '1', POOL_MAX: '1', POOL_MEMORY: '4000000000' })
  try {
    return { coldMs, readyMs: await medianRun(pooled, image, payload, () => until(async () => (await pooled.pool()).ready > 0)) }
  } finally {
    await pooled.stop()
  }
}

/**
 * @param {BenchService} service
 * @param {string} image
 * @param {object} payload
 * @param {() => Promise<void>} before runs before each measured run; its duration is not counted
 * @returns {Promise<number>} milliseconds
 */
async function medianRun (service, image, payload, before) {
  const times = []
  for (let round = 0; round < ROUNDS; round++) {
    await before()
    await sleep(SETTLE_MS)
    const startedAt = performance.now()
    const { stdout, outcome, error, stderr } = await service.run(image, payload)
    times.push(performance.now() - startedAt)
    if (!/^Hello World!\n?$/.test(stdout)) throw new Error(`${outcome} ${error} ${stderr}`)
  }
  return Math.round(summarize(times).p50)
}
