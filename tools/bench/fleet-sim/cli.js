// npm run bench:fleet-sim: compares ways to distribute runs to nodes by a simulation with the measurements in docs/measurements/fleet.json.
//   -- --check              compares the simulation of one node with a real node under an open loop, and fails if they differ by more than 15 %
//   -- --measure [SAMPLES]  measures this machine and writes docs/measurements/fleet.json
import { readFileSync, writeFileSync } from 'node:fs'

import { withImages } from '../../images/with-images.js'
import { buildService } from '../../lib/service-process.js'
import { BenchService } from '../bench-service.js'
import { EngineFloor } from '../engine-floor.js'
import { serviceSettings } from '../service-settings.js'
import { quantile } from '../statistics.js'
import { subjectsOf } from '../subjects.js'
import { measureNode, measureOpenLoop } from './measure.js'
import { POLICIES } from './policies.js'
import { meanWork, simulate } from './simulate.js'

const FILE = new URL('../../../docs/measurements/fleet.json', import.meta.url)
const LANGUAGES = ['python', 'c', 'java']
const NODES = 10
const RUNS = 5000
const LOADS = [0.6, 0.9, 1.1]
/** More images than the pool of a node has places. Their popularity follows Zipf's law. */
const IMAGES = 24
const CHECK = { rounds: 6, load: 0.6, runs: 50, simulatedRuns: 2000, mostDifference: 0.15 }

const [option, samples = '20'] = process.argv.slice(2)
if (option === '--measure') await withNode(async (socketPath, hellos) => { writeFileSync(FILE, `${JSON.stringify(await measureNode(socketPath, hellos, Number(samples)), rounded)}\n`) })
else if (option === '--check') await withNode(check)
else compare()

/** @param {(socketPath: string, hellos: import('./measure.js').Hello[]) => Promise<void>} work */
async function withNode (work) {
  await withImages(LANGUAGES, async (socketPath) => {
    await buildService()
    const engine = new EngineFloor(socketPath)
    const settings = await serviceSettings(socketPath)
    const subjects = await Promise.all(LANGUAGES.map(async (language) => (await subjectsOf(engine, settings, language)).slice(0, 1)))
    engine.close()
    await work(socketPath, subjects.flat())
  })
}

/**
 * Measures and simulates in turn, so that a disturbance of the machine affects both.
 * @param {string} socketPath
 * @param {import('./measure.js').Hello[]} hellos
 */
async function check (socketPath, [hello]) {
  if (hello === undefined) throw new RangeError('no program')
  const service = await BenchService.start(socketPath, { POOL_IMAGES: hello.image, POOL_MIN: '4' })
  const measured = []
  const simulated = []
  for (let round = 0; round < CHECK.rounds; round++) {
    const { alone, throughput, ratePerSecond, latencies } = await measureOpenLoop(service, hello, CHECK)
    const profile = { slots: throughput.length - 1, poolMax: 16, refillMs: 0, throughput }
    const programs = [{ image: hello.image, share: 1, warm: alone, cold: alone }]
    const outcome = simulate({ profile, programs, nodes: 1, policy: policyOf('least connections'), ratePerSecond, runs: CHECK.simulatedRuns, seed: round })
    measured.push(...latencies)
    simulated.push(...outcome.latencies)
  }
  await service.stop()
  report(measured.sort((a, b) => a - b), simulated.sort((a, b) => a - b))
}

/** @param {number[]} measured @param {number[]} simulated sorted latencies */
function report (measured, simulated) {
  let failed = 0
  const checks = /** @type {Array<[string, number]>} */ ([['p50', 0.5], ['p75', 0.75], ['p90', 0.9]])
  for (const [name, q] of checks) {
    const [real, model] = [quantile(measured, q), quantile(simulated, q)]
    const difference = model / real - 1
    const ok = Math.abs(difference) <= CHECK.mostDifference
    if (!ok) failed++
    process.stdout.write(`${ok ? 'ok' : 'not ok'} ${name}: measured ${real.toFixed(1)} ms, simulated ${model.toFixed(1)} ms (${(100 * difference).toFixed(1)} %)\n`)
  }
  process.stdout.write(`p99: measured ${quantile(measured, 0.99).toFixed(1)} ms of ${measured.length} runs, simulated ${quantile(simulated, 0.99).toFixed(1)} ms\n`)
  process.stdout.write(`${checks.length - failed} passed, ${failed} failed\n`)
  process.exitCode = failed > 0 ? 1 : 0
}

function compare () {
  const { programs: measured, ...profile } = JSON.parse(readFileSync(FILE, 'utf8'))
  const programs = popular(measured)
  // The throughput was measured with the first program.
  const capacity = NODES * Math.max(...profile.throughput) * meanWork([{ ...measured[0], share: 1 }]) / meanWork(programs)
  process.stdout.write(`${NODES} nodes, ${capacity.toFixed(1)} runs/s with ready containers\n\n| policy | load | p50 ms | p99 ms | ready container | refused |\n|---|---|---|---|---|---|\n`)
  for (const load of LOADS) {
    for (const [name, policy] of Object.entries(POLICIES)) {
      const { p50, p99, warm, refused } = simulate({ profile, programs, nodes: NODES, policy, ratePerSecond: load * capacity, runs: RUNS })
      const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`
      process.stdout.write(`| ${name} | ${percent(load)} | ${p50.toFixed(0)} | ${p99.toFixed(0)} | ${percent(warm)} | ${percent(refused)} |\n`)
    }
  }
}

/** @param {import('./simulate.js').Program[]} measured @returns {import('./simulate.js').Program[]} */
function popular (measured) {
  const total = Array.from({ length: IMAGES }, (_, n) => 1 / (n + 1)).reduce((sum, each) => sum + each, 0)
  return Array.from({ length: IMAGES }, (_, n) => {
    const like = measured[n % measured.length]
    if (like === undefined) throw new RangeError('no measurements')
    return { ...like, image: `image-${n}`, share: 1 / (n + 1) / total }
  })
}

/** @param {string} name */
function policyOf (name) {
  const policy = POLICIES[name]
  if (policy === undefined) throw new RangeError(name)
  return policy
}

/** @param {string} _key @param {unknown} value */
function rounded (_key, value) {
  return typeof value === 'number' ? Math.round(value * 10) / 10 : value
}
