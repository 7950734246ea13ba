import { dockerClient } from '../lib/docker-client.js'
import { NONE } from './counts.js'

/** Matches host names and image names that tests use for their own containers and images. */
const TEST_NAME = /^test-/
const TEST_IMAGES = ['glot/test-*', 'runonce/test-*']

/**
 * Checks that the engine tests removed all of their containers and images. Ignores containers of other services on this engine.
 * @param {string} socketPath
 * @returns {Promise<import('./counts.js').Counts>}
 */
export async function checkLeftovers (socketPath) {
  const docker = dockerClient(socketPath)
  const containers = await docker.listContainers({ all: true, filters: { label: ['runonce.expires'] } })
  const details = await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).inspect().catch(() => undefined)))
  const names = details.flatMap((info) => info !== undefined && TEST_NAME.test(info.Config.Hostname) ? [`container ${info.Name}`] : [])
  const images = await docker.listImages({ filters: { reference: TEST_IMAGES } })
  names.push(...images.map(({ RepoTags, Id }) => `image ${RepoTags?.join(' ') ?? Id}`))
  process.stdout.write(names.length === 0 ? 'ok - the tests removed all containers and images\n' : `not ok - the tests did not remove ${names.join(', ')}\n`)
  return names.length === 0 ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 }
}
