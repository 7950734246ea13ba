import { checkLeftovers } from './check-leftovers.js'
import { languagesVariable } from './choose-languages.js'
import { sum } from './counts.js'
import { findTools } from './host-tools.js'
import { makeContainerTests } from './runner-tests.js'
import { tap } from './tap.js'

const FILES = ['test/engine/**/*.test.ts', 'test/attack/**/*.test.ts']

/**
 * Runs the runner's container tests, the engine tests and the attacks. Finally checks that they left nothing on the engine.
 * @param {string} socketPath the engine's
 * @param {string[]} names of the languages whose images it has
 * @param {string[]} [files] only these tests, and not the runner's
 */
export async function engineTests (socketPath, names, files = []) {
  const env = { ...process.env, ...languagesVariable(names), RUNONCE_TEST_DOCKER_SOCKET: socketPath, DOCKER_HOST: `unix://${socketPath}` }
  const flags = ['--jobs=1', '--timeout=600']
  if (files.length > 0) return sum([await tap(files, { flags, env }), await checkLeftovers(socketPath)])
  // Where the compiler is missing, make reports it.
  await findTools('compiler')
  return sum([await makeContainerTests(env), await tap(FILES, { flags, env }), await checkLeftovers(socketPath)])
}
