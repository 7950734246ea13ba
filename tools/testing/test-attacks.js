// npm run test:attack [-- --runtimes runc,crun,runsc] [program…]: the attacks in each runtime, on an engine of their own beside the first one,
// whose images it gets. As root. Prints a table of what each runtime said; ends with «N passed, N failed». A runtime that can't be had is skipped.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { closingLine, NONE, sum } from './counts.js'
import { installDependencies } from './prepare.js'
import { tap } from './tap.js'
import { findRuntime } from './runtimes/find.js'
import { readVerdicts, verdictTable } from './runtimes/verdicts.js'

/** @typedef {import('./counts.js').Counts} Counts */
/** @typedef {import('./runtimes/engine.js').Runtime} Runtime */

const LANGUAGES = ['bash', 'c', 'cpp', 'javascript', 'python']
const FLAGS = ['--jobs=1', '--timeout=1200']

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
await installDependencies()
const { startEngine } = await import('./runtimes/engine.js')
const { copyImages } = await import('./images-between.js')
const { skip, withEngine } = await import('./with-engine.js')

const { values, positionals } = parseArgs({ options: { runtimes: { type: 'string', default: 'runc,crun,runsc' } }, allowPositionals: true })
const folder = mkdtempSync(path.join(tmpdir(), 'runonce-verdicts-'))
try {
  const count = process.getuid?.() === 0 ? await all(values.runtimes.split(',')) : skip('an engine of their own needs root')
  process.stdout.write(`${closingLine(count)}\n`)
  process.exitCode = count.failed > 0 || count.skipped > 0 || count.passed === 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`${/** @type {Error} */ (error).message}\n`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}

/** @param {string[]} wanted */
async function all (wanted) {
  const found = wanted.map((name) => ({ name, ...findRuntime(name) }))
  const missing = found.filter(({ reason }) => reason !== undefined).map(({ name, reason }) => skip(`${name}: ${reason}`))
  const names = found.filter(({ reason }) => reason === undefined).map(({ name }) => name)
  if (names.length === 0) return sum(missing)
  /** @type {Record<string, Runtime>} */
  const runtimes = Object.fromEntries(found.flatMap(({ name, runtime }) => runtime === undefined ? [] : [[name, runtime]]))
  return sum([...missing, await withEngine(LANGUAGES, async (firstPath) => {
    const engine = await startEngine(runtimes)
    const stopNow = () => { void engine.stop().finally(() => process.exit(1)) }
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stopNow)
    try {
      process.stdout.write('== copying the images\n')
      await copyImages(firstPath, engine.socketPath, LANGUAGES)
      return await inEach(names, engine.socketPath)
    } finally {
      await engine.stop()
    }
  })])
}

/**
 * @param {string[]} names
 * @param {string} socketPath
 * @returns {Promise<Counts>}
 */
async function inEach (names, socketPath) {
  /** @type {Record<string, import('./runtimes/verdicts.js').Verdict[]>} */
  const verdicts = {}
  /** @type {Record<string, Counts>} */
  const counts = {}
  for (const name of names) {
    process.stdout.write(`== ${name}\n`)
    const file = path.join(folder, name)
    const only = positionals.length > 0 ? { RUNONCE_TEST_ATTACKS: positionals.join(' ') } : {}
    const env = { ...process.env, ...only, RUNONCE_TEST_DOCKER_SOCKET: socketPath, RUNONCE_TEST_RUNTIME: name, RUNONCE_TEST_VERDICTS: file }
    counts[name] = await tap([positionals.length > 0 ? 'test/attack/programs.test.ts' : 'test/attack/**/*.test.ts'], { flags: FLAGS, env })
    verdicts[name] = readVerdicts(file)
  }
  process.stdout.write(`${verdictTable(verdicts)}\n`)
  for (const [name, said] of Object.entries(verdicts)) {
    process.stdout.write(`${name}: ${said.filter(({ right }) => right).length} of ${said.length} verdicts right; ${closingLine(counts[name] ?? NONE)}\n`)
  }
  return sum(Object.values(counts))
}
