import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { makeContextDir } from '../../images/build-context.js'
import { withDir } from '../../images/build-image.js'
import { build } from '../../images/docker-build.js'
import { dockerClient } from '../../lib/docker-client.js'

/** The image of all measurements. */
export const IMAGE = 'runonce/python:latest'
const PLAIN = 'runonce-bench/python:latest'

/**
 * Creates an image with the same files for services that run commands: without the entrypoint of the runner.
 * @param {string} socketPath
 * @returns {Promise<string>} tag of the new image
 */
export async function makePlainImage (socketPath) {
  await withDir(await makeContextDir(), async (dir) => {
    await writeFile(path.join(dir, 'Dockerfile'), `FROM ${IMAGE}\nENTRYPOINT []\n`)
    await build({ docker: dockerClient(socketPath) }, dir, { t: PLAIN }, () => {})
  })
  return PLAIN
}

/** Removes the image. It may not exist. @param {string} socketPath */
export async function removePlainImage (socketPath) {
  await dockerClient(socketPath).getImage(PLAIN).remove().catch(() => {})
}
