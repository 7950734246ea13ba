// npm test [-- step…]: types, lint, unit, runner, engine; sets up what each needs. `bench` is a step of its own.
// Ends with «N passed, N failed» made from the steps' own counts.
import { fileURLToPath } from 'node:url'

import { closingLine, judged, nodeCounts, NONE, plainCounts, sum, tapCounts } from './support/counts.js'
import { findCompiler, installDependencies } from './support/prepare.js'
import { failuresAndFiles, run } from './support/process.js'

/** @typedef {import('./support/counts.js').Counts} Counts */

const TAP = ['node_modules/tap/dist/esm/run.mjs']
const TAP_FLAGS = ['--disable-coverage', '--allow-empty-coverage', '--reporter=tap']
const ENGINE_TESTS = ['test/engine/**/*.test.ts', 'test/attack/**/*.test.ts']

/** @type {Record<string, () => Promise<Counts>>} */
const STEPS = { types, lint, unit, runner, engine, bench }
const DEFAULT_STEPS = ['types', 'lint', 'unit', 'runner', 'engine']

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !Object.hasOwn(STEPS, name))
if (unknown !== undefined) {
  process.stderr.write(`There is no step ${JSON.stringify(unknown)}; there is: ${Object.keys(STEPS).join(', ')}\n`)
  process.exit(2)
}
installDependencies()
/** @type {Counts[]} */
const counts = []
for (const name of wanted.length > 0 ? wanted : DEFAULT_STEPS) {
  const startedAt = performance.now()
  process.stdout.write(`== ${name}\n`)
  const count = await STEPS[name]?.() ?? NONE
  process.stdout.write(`== ${name}: ${closingLine(count)} (${((performance.now() - startedAt) / 1000).toFixed(0)} s)\n`)
  counts.push(count)
}
const total = sum(counts)
process.stdout.write(`${closingLine(total)}\n`)
// What was skipped was not shown to work.
process.exit(total.failed > 0 || total.skipped > 0 || total.passed === 0 ? 1 : 0)

async function types () {
  return await single('node_modules/typescript/bin/tsc', '--noEmit')
}

async function lint () {
  return await single('node_modules/eslint/bin/eslint.js', '.')
}

async function unit () {
  return await tap(['test/unit/**/*.test.ts', 'test/unit/**/*.test.js'])
}

async function runner () {
  const missing = findCompiler()
  if (missing !== undefined) return skip(missing)
  const { exitCode, output } = await run('make', ['-C', 'runner-images/runner', 'check'], { show: (line) => !/^(cc|make)/.test(line) })
  return judged(plainCounts(output), exitCode)
}

async function engine () {
  return await withEngine(async (socketPath) => {
    const env = { ...process.env, RUNONCE_TEST_DOCKER_SOCKET: socketPath, DOCKER_HOST: `unix://${socketPath}` }
    const inContainers = await run('make', ['-C', 'runner-images/runner', 'check-container'], { env, show: failuresAndFiles() })
    return sum([
      judged(nodeCounts(inContainers.output), inContainers.exitCode),
      await tap(ENGINE_TESTS, ['--jobs=1', '--timeout=300'], env)
    ])
  })
}

async function bench () {
  return await withEngine(async (socketPath) => {
    const env = { ...process.env, RUNONCE_TEST_DOCKER_SOCKET: socketPath }
    const { exitCode } = await run(process.execPath, ['test/bench/bench.js'], { env })
    return exitCode === 0 ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 }
  })
}

/**
 * With an engine, all images and the built service; the engine is stopped again if it was started here.
 * @param {(socketPath: string) => Promise<Counts>} work
 */
async function withEngine (work) {
  const { ensureEngine, stopOnSignal } = await import('../deploy/quickstart/engine.js')
  const { buildAll } = await import('../runner-images/build/build-all.js')
  const found = await ensureEngine().catch((/** @type {Error} */ error) => error)
  if (found instanceof Error) return skip(found.message)
  stopOnSignal(found)
  try {
    const images = await buildAll({ socketPath: found.socketPath })
    const failed = images.filter((image) => 'error' in image)
    if (failed.length > 0) return { ...NONE, failed: failed.length }
    const built = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'])
    if (built.exitCode !== 0) return { ...NONE, failed: 1 }
    return await work(found.socketPath)
  } finally {
    await found.stop()
  }
}

/** @param {string[]} files @param {string[]} [flags] @param {NodeJS.ProcessEnv} [env] */
async function tap (files, flags = [], env = process.env) {
  const { exitCode, output } = await run(process.execPath, [...TAP, ...TAP_FLAGS, ...flags, ...files], { env, show: failuresAndFiles() })
  return judged(tapCounts(output), exitCode)
}

/** One command that passes or fails as a whole. @param {string[]} args */
async function single (...args) {
  const { exitCode } = await run(process.execPath, args)
  return exitCode === 0 ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 }
}

/** @param {string} reason @returns {Counts} */
function skip (reason) {
  process.stdout.write(`skipped: ${reason}\n`)
  return { ...NONE, skipped: 1 }
}
