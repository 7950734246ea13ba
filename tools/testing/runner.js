import { judged, NONE, plainCounts, sum } from './counts.js'
import { findTools } from './prepare.js'
import { run } from './process.js'
import { skip } from './with-engine.js'

/** @typedef {import('./counts.js').Counts} Counts */

const RUNNER = 'runner-images/runner'
/** For each fuzzer, two at a time. */
const FUZZ_S = 20

/**
 * The runner's tests on the host: its unit tests with sanitizers, the same on aarch64 by an emulator, and a short run of each fuzzer.
 * @returns {Promise<Counts>}
 */
export async function runnerTests () {
  const missing = await findTools('compiler')
  if (missing !== undefined) return skip(missing)
  return sum([
    await checked('check', '-j2'),
    // There, `check` is it.
    process.arch === 'arm64' ? NONE : await findOr('aarch64') ?? await checked('check-aarch64', '-j2'),
    await findOr('fuzzer') ?? await fuzzed()
  ])
}

/**
 * @param {keyof typeof import('./prepare.js').TOOLS} name
 * @returns {Promise<Counts | undefined>} where they are not here
 */
async function findOr (name) {
  const missing = await findTools(name)
  return missing === undefined ? undefined : skip(missing)
}

/** @param {string} target @param {...string} flags */
async function checked (target, ...flags) {
  const { exitCode, output } = await make(target, ...flags)
  return judged(plainCounts(output), exitCode)
}

async function fuzzed () {
  const { exitCode, output } = await make('fuzz', '-j2', '--keep-going', `FUZZ_SECONDS=${FUZZ_S}`)
  const count = (/** @type {RegExp} */ line) => [...output.matchAll(line)].length
  return judged({ ...NONE, passed: count(/^ok fuzz /gm), failed: count(/^not ok fuzz /gm) }, exitCode)
}

/** @param {...string} args */
async function make (...args) {
  return await run('make', ['-C', RUNNER, ...args], { show: (line) => !/^(cc|clang|make|aarch64-linux-gnu-gcc|TAP version|\/usr\/bin\/qemu)\b/.test(line) })
}
