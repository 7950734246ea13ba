import { judged, sum, tapCounts } from './counts.js'
import { toldLanguages } from './languages.js'
import { findTools } from './prepare.js'
import { failuresAndFiles, run } from './process.js'
import { tap } from './tap.js'

const FILES = ['test/engine/**/*.test.ts', 'test/attack/**/*.test.ts']

/**
 * The runner's container tests, then the engine tests and the attacks.
 * @param {string} socketPath the engine's
 * @param {string[]} names of the languages whose images it has
 * @param {string[]} [files] only these, and not the runner's
 */
export async function engineTests (socketPath, names, files = []) {
  const env = { ...process.env, ...toldLanguages(names), RUNONCE_TEST_DOCKER_SOCKET: socketPath, DOCKER_HOST: `unix://${socketPath}` }
  const flags = ['--jobs=1', '--timeout=600']
  if (files.length > 0) return await tap(files, { flags, env })
  // `make` says the rest where they are not to be had.
  await findTools('compiler')
  const inContainers = await run('make', ['-C', 'runner-images/runner', 'check-container'], { env, show: failuresAndFiles() })
  return sum([judged(tapCounts(inContainers.output), inContainers.exitCode), await tap(FILES, { flags, env })])
}
