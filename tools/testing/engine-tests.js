import { readdir } from 'node:fs/promises'

import { checkLeftovers } from './check-leftovers.js'
import { languagesVariable } from './choose-languages.js'
import { sum } from './counts.js'
import { findTools } from './host-tools.js'
import { makeContainerTests } from './runner-tests.js'
import { tap } from './tap.js'

/** Test files that run alone: they measure response times, or use all cores themselves. */
const ALONE = ['engine-restart', 'languages', 'load', 'overload', 'warm/warm'].map((name) => `test/engine/${name}.test.ts`)
/** Other engine tests mostly wait for time limits. */
const CONCURRENT_FILES = 2

/**
 * Runs the container tests of the runner, the engine tests and the attacks. Then checks that the tests removed all containers and images.
 * @param {string} socketPath socket path of the engine
 * @param {string[]} names names of the languages whose images the engine has
 * @param {string[]} [files] test files to run; if given, the runner tests are skipped
 */
export async function engineTests (socketPath, names, files = []) {
  const env = { ...process.env, ...languagesVariable(names), RUNONCE_TEST_DOCKER_SOCKET: socketPath, DOCKER_HOST: `unix://${socketPath}` }
  const tests = async (/** @type {number} */ jobs, /** @type {string[]} */ paths) => await tap(paths, { flags: [`--jobs=${jobs}`, '--timeout=600'], env })
  if (files.length > 0) return sum([await tests(1, files), await checkLeftovers(socketPath)])
  // If the compiler is missing, make reports an error.
  await findTools('compiler')
  const others = (await readdir('test/engine')).filter((name) => name.endsWith('.test.ts')).map((name) => `test/engine/${name}`).filter((file) => !ALONE.includes(file))
  return sum([await makeContainerTests(env), await tests(CONCURRENT_FILES, others), await tests(1, [...ALONE, 'test/attack/**/*.test.ts']), await checkLeftovers(socketPath)])
}
