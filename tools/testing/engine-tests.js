import { checkLeftovers } from './check-leftovers.js'
import { languagesVariable } from './choose-languages.js'
import { sum } from './counts.js'
import { findTools } from './host-tools.js'
import { makeContainerTests } from './runner-tests.js'
import { tap } from './tap.js'

const FILES = ['test/engine/**/*.test.ts', 'test/attack/**/*.test.ts']

/**
 * Runs the container tests of the runner, the engine tests and the attacks. Then checks that the tests removed all containers and images.
 * @param {string} socketPath socket path of the engine
 * @param {string[]} names names of the languages whose images the engine has
 * @param {string[]} [files] test files to run; if given, the runner tests are skipped
 */
export async function engineTests (socketPath, names, files = []) {
  const env = { ...process.env, ...languagesVariable(names), RUNONCE_TEST_DOCKER_SOCKET: socketPath, DOCKER_HOST: `unix://${socketPath}` }
  const flags = ['--jobs=1', '--timeout=600']
  if (files.length > 0) return sum([await tap(files, { flags, env }), await checkLeftovers(socketPath)])
  // If the compiler is missing, make reports an error.
  await findTools('compiler')
  return sum([await makeContainerTests(env), await tap(FILES, { flags, env }), await checkLeftovers(socketPath)])
}
