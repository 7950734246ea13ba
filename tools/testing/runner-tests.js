import { run } from '../lib/child.js'
import { checkedCounts, NONE, plainCounts, sum, tapCounts } from './counts.js'
import { findTools } from './host-tools.js'
import { skip } from './report.js'
import { filesAndFailures } from './tap.js'

/** @typedef {import('./counts.js').Counts} Counts */

const RUNNER = 'runner-images/runner'
/** Duration of each fuzzer in seconds. Two fuzzers run at a time. `make fuzz` runs them for longer. */
const FUZZ_S = 10

/**
 * Runs the runner tests on the host: the unit tests with sanitizers, the same tests for aarch64 in an emulator, and each fuzzer.
 * @returns {Promise<Counts>}
 */
export async function runnerTests () {
  const missing = await findTools('compiler')
  if (missing !== undefined) return skip(missing)
  return sum([
    await checked('check', '-j2'),
    // On arm64, the `check` target has already run the same tests.
    process.arch === 'arm64' ? NONE : await skipWithout('aarch64') ?? await checked('check-aarch64', '-j2'),
    await skipWithout('fuzzer') ?? await fuzzed()
  ])
}

/**
 * @param {import('./host-tools.js').Tools} name
 * @returns {Promise<Counts | undefined>} a skipped test if tools are missing
 */
async function skipWithout (name) {
  const missing = await findTools(name)
  return missing === undefined ? undefined : skip(missing)
}

/** Runs a make target that prints plain counts. @param {string} target @param {...string} flags */
export async function checked (target, ...flags) {
  const { exitCode, output } = await make(target, ...flags)
  return checkedCounts(plainCounts(output), exitCode)
}

async function fuzzed () {
  const { exitCode, output } = await make('fuzz', '-j2', '--keep-going', `FUZZ_SECONDS=${FUZZ_S}`)
  const count = (/** @type {RegExp} */ line) => [...output.matchAll(line)].length
  return checkedCounts({ ...NONE, passed: count(/^ok fuzz /gm), failed: count(/^not ok fuzz /gm) }, exitCode)
}

/** @param {...string} args */
async function make (...args) {
  return await run('make', ['-C', RUNNER, ...args], { show: (line) => !/^(cc|clang|make|aarch64-linux-gnu-gcc|TAP version|\/usr\/bin\/qemu)\b/.test(line) })
}

/**
 * Runs the runner tests in containers.
 * @param {NodeJS.ProcessEnv} env
 */
export async function makeContainerTests (env) {
  const { exitCode, output } = await run('make', ['-C', RUNNER, 'check-container'], { env, show: filesAndFailures() })
  return checkedCounts(tapCounts(output), exitCode)
}
