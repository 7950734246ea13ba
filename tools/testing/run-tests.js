// npm test [-- step…]: types, lint, unit, runner, engine; sets up what each needs. `bench` and `checks` run only by name.
// Ends with «N passed, N failed» made from the steps' own counts.
import { fileURLToPath } from 'node:url'

import { closingLine, judged, NONE, plainCounts, sum } from './counts.js'
import { installDependencies } from './prepare.js'
import { run } from './process.js'
import { runnerTests } from './runner.js'
import { tap } from './tap.js'
import { withEngine } from './with-engine.js'

/** @typedef {import('./counts.js').Counts} Counts */

/** @type {Record<string, () => Promise<Counts>>} */
const STEPS = { types, lint, unit, runner: runnerTests, engine, bench, checks }
const DEFAULT_STEPS = ['types', 'lint', 'unit', 'runner', 'engine']

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !Object.hasOwn(STEPS, name))
if (unknown !== undefined) {
  process.stderr.write(`There is no step ${JSON.stringify(unknown)}; there is: ${Object.keys(STEPS).join(', ')}\n`)
  process.exit(2)
}
await installDependencies()
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

async function engine () {
  const { chooseLanguages, describeChoice } = await import('./languages.js')
  const { engineTests } = await import('./engine-tests.js')
  const { knownLanguages } = await import('../images/language.js')
  const chosen = chooseLanguages(await knownLanguages())
  process.stdout.write(`${describeChoice(chosen)}\n`)
  return await withEngine(chosen.names, async (socketPath) => await engineTests(socketPath, chosen.names))
}

async function bench () {
  const { firstLanguages } = await import('../images/language.js')
  return await withEngine(await firstLanguages(), async (socketPath) => {
    const env = { ...process.env, RUNONCE_TEST_DOCKER_SOCKET: socketPath }
    const { exitCode } = await run(process.execPath, ['tools/bench/bench.js'], { env })
    return exitCode === 0 ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 }
  })
}

/** Ratios of time and memory, which a busy machine would spoil: not part of `npm test`. */
async function checks () {
  return await withEngine(['bash', 'python'], async (socketPath) => {
    const env = { ...process.env, RUNONCE_TEST_DOCKER_SOCKET: socketPath }
    const { exitCode, output } = await run(process.execPath, ['tools/bench/checks.js'], { env })
    return judged(plainCounts(output), exitCode)
  })
}

/** One command that passes or fails as a whole. @param {string[]} args */
async function single (...args) {
  const { exitCode } = await run(process.execPath, args)
  return exitCode === 0 ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 }
}
