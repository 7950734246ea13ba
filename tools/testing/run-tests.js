// npm test [-- step…]: runs types, lint, unit, runner and engine tests, or the named steps. Sets up the requirements of each step.
// Prints a table of the steps and a closing line `N passed, N failed`.
import { run } from '../lib/child.js'
import { chooseLanguages, describeChoice } from './choose-languages.js'
import { NONE, stepTable, sum } from './counts.js'
import { engineTests } from './engine-tests.js'
import { knownLanguages } from '../images/language.js'
import { report, testWithImages } from './report.js'
import { runnerTests } from './runner-tests.js'
import { buildTap, tap } from './tap.js'

/** @typedef {import('./counts.js').Counts} Counts */

/** @type {Record<string, () => Promise<Counts>>} */
const STEPS = { types, lint, unit, runner: runnerTests, engine }

const TSC = 'node_modules/typescript/bin/tsc'

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !Object.hasOwn(STEPS, name))
if (unknown !== undefined) {
  process.stderr.write(`Unknown step ${JSON.stringify(unknown)}. The steps are ${Object.keys(STEPS).join(', ')}.\n`)
  process.exit(2)
}
await report(async () => {
  /** @type {import('./counts.js').Step[]} */
  const done = []
  for (const name of wanted.length > 0 ? wanted : Object.keys(STEPS)) {
    const startedAt = performance.now()
    process.stdout.write(`== ${name}\n`)
    const counts = await STEPS[name]?.() ?? NONE
    done.push({ name, counts, seconds: (performance.now() - startedAt) / 1000 })
  }
  process.stdout.write(`\n${stepTable(done)}\n`)
  return sum(done.map(({ counts }) => counts))
})
process.exit()

async function types () {
  const counts = [await command(TSC, '--noEmit'), await command(TSC, '-p', 'tsconfig.browser.json')]
  return sum(counts)
}

async function lint () {
  return await command('node_modules/eslint/bin/eslint.js', '.')
}

async function unit () {
  await buildTap()
  return await tap(['test/unit/**/*.test.ts', 'test/unit/**/*.test.js'])
}

async function engine () {
  const chosen = chooseLanguages(await knownLanguages())
  process.stdout.write(`${describeChoice(chosen)}\n`)
  return await testWithImages(chosen.names, async (socketPath) => await engineTests(socketPath, chosen.names))
}

/** Runs a Node program that passes or fails as a whole. @param {string[]} args */
async function command (...args) {
  const { exitCode } = await run(process.execPath, args)
  return exitCode === 0 ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 }
}
