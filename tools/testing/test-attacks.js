// npm run test:attack [-- --runtimes runc,crun,runsc] [--modes plain,streamed,cases,outputs,tty] [--engine same|newer] [--root DIR] [program…]: runs the
// attacks in each runtime on a second engine, with the images of the first engine. With --engine newer, the second engine is that of Debian trixie,
// on which containers share shims; it has runc and crun. Requires root. Skips a runtime that cannot be installed. Without --modes, runs all attacks in the
// mode plain and some attacks in the other modes; with --modes all, all attacks in all modes. Prints a table of the outcomes, the number of expected
// outcomes in each runtime and mode, and a closing line `N passed, N failed`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'

import { startSecondEngine } from '../engine/second-engine.js'
import { copyImages } from '../images/copy-images.js'
import { closingLine, NONE, sum } from './counts.js'
import { findTools } from './host-tools.js'
import { report, skip, testWithImages } from './report.js'
import { findRuntime } from './runtimes/find-runtime.js'
import { startRuntimeEngine } from './runtimes/runtime-engine.js'
import { modeCounts, readVerdicts, verdictTable } from './runtimes/verdicts.js'
import { tap } from './tap.js'

/** @typedef {import('./counts.js').Counts} Counts */
/** @typedef {import('./runtimes/runtime-engine.js').Runtime} Runtime */

const LANGUAGES = ['bash', 'c', 'cpp', 'javascript', 'python']
/** Timeout of a test file in seconds. All attacks in all modes take more than an hour in a slow runtime. */
const FILE_S = 4 * 3600
const FLAGS = ['--jobs=1', `--timeout=${FILE_S}`]

const { values, positionals } = parseArgs({
  options: { runtimes: { type: 'string', default: 'runc,crun,runsc' }, modes: { type: 'string' }, engine: { type: 'string', default: 'same' }, root: { type: 'string' } },
  allowPositionals: true
})
const folder = mkdtempSync(path.join(tmpdir(), 'runonce-verdicts-'))
await report(async () => process.getuid?.() === 0 ? await testRuntimes(values.runtimes.split(',')) : skip('a second engine requires root'))
rmSync(folder, { recursive: true })

/** @param {string[]} wanted */
async function testRuntimes (wanted) {
  /** @type {Record<string, Runtime>} */
  const runtimes = {}
  /** @type {string[]} */
  const names = []
  const counts = []
  const newer = values.engine === 'newer'
  if (newer && await findTools('secondEngine') !== undefined) return skip('the newer engine requires mmdebstrap')
  for (const name of wanted.filter((each) => !newer || each !== 'runsc')) {
    const { runtime, reason } = await findRuntime(name)
    if (reason !== undefined) counts.push(skip(`${name}: ${reason}`))
    else names.push(name)
    if (runtime !== undefined) runtimes[name] = runtime
  }
  if (names.length === 0) return sum(counts)
  /** @type {{socketPath: string, stop(): Promise<void>} | undefined} */
  let engine
  return sum([...counts, await testWithImages(LANGUAGES, async (firstPath) => {
    engine = values.engine === 'newer'
      ? await startSecondEngine({ root: values.root, say: (text) => process.stdout.write(`== second engine: ${text}\n`) })
      : await startRuntimeEngine(runtimes)
    await copyImages(firstPath, engine.socketPath, LANGUAGES)
    return await testEach(names, engine.socketPath)
  }, { cleanUp: async () => { await engine?.stop() } })])
}

/**
 * @param {string[]} names names of runtimes
 * @param {string} socketPath
 * @returns {Promise<Counts>}
 */
async function testEach (names, socketPath) {
  /** @type {Record<string, import('./runtimes/verdicts.js').Verdict[]>} */
  const verdicts = {}
  /** @type {Record<string, Counts>} */
  const counts = {}
  for (const name of names) {
    process.stdout.write(`== ${name}\n`)
    const file = path.join(folder, name)
    const only = positionals.length > 0 ? { RUNONCE_TEST_ATTACKS: positionals.join(' ') } : {}
    const modes = values.modes === undefined ? {} : { RUNONCE_TEST_MODES: values.modes }
    const env = { ...process.env, ...only, ...modes, RUNONCE_TEST_DOCKER_SOCKET: socketPath, RUNONCE_TEST_RUNTIME: name, RUNONCE_TEST_VERDICTS: file }
    counts[name] = await tap([positionals.length > 0 ? 'test/attack/programs.test.ts' : 'test/attack/**/*.test.ts'], { flags: FLAGS, env })
    verdicts[name] = readVerdicts(file)
  }
  process.stdout.write(`${verdictTable(verdicts)}\n`)
  for (const [name, all] of Object.entries(verdicts)) {
    for (const { mode, expected, all: count } of modeCounts(all)) process.stdout.write(`${name}, ${mode}: ${expected} of ${count} outcomes as expected\n`)
    process.stdout.write(`${name}: ${closingLine(counts[name] ?? NONE)}\n`)
  }
  return sum(Object.values(counts))
}
