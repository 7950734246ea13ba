import { checkLeftovers } from '../check-leftovers.js'
import { sum } from '../counts.js'
import { checked, makeContainerTests } from '../runner-tests.js'
import { tap } from '../tap.js'
import { ENGINE_TESTS } from './choice.js'

/** @typedef {import('../counts.js').Counts} Counts */

/** Multiplies tolerances for response times, because the guest has one slow CPU. */
const PATIENCE = '4'
const SOCKET = '/var/run/docker.sock'
const ENV = { ...process.env, RUNONCE_TEST_PATIENCE: PATIENCE, RUNONCE_TEST_DOCKER_SOCKET: SOCKET, DOCKER_HOST: `unix://${SOCKET}` }
/** Timeout of a test file in seconds. */
const FILE_S = 1800

/**
 * Steps of the tests in the guest.
 * @type {Record<string, () => Promise<Counts>>}
 */
export const STEPS = {
  /** Compares what the kernel counts with what programs do. */
  accuracy: async () => await files('test/cgroup2/*.test.ts'),
  runner: async () => await checked('check'),
  containers: async () => await makeContainerTests(ENV),
  engine: async () => sum([await files(...ENGINE_TESTS), await checkLeftovers(SOCKET)]),
  attacks: async () => await files('test/attack/*.test.ts')
}

/** @param {...string} paths */
async function files (...paths) {
  return await tap(paths, { flags: ['--jobs=1', `--timeout=${FILE_S}`], env: ENV })
}
