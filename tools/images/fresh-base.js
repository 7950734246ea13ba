import { writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

import { makeTemporary, removeTemporary } from '../lib/temporary.js'
import { BASE, renewBase } from './base-image.js'
import { build, removeOld } from './docker-build.js'

const RENEWED = 'runonce.renewed'

/**
 * Renews the base image and gives it a new ID, so that the next build of each image installs all packages again, with their security updates. A
 * pull alone is not sufficient: while Debian's image is unchanged, the engine would use its cache.
 * @param {import('dockerode')} docker
 * @param {(text: string) => void} say
 * @throws Error if the image can neither be pulled nor built
 */
export async function freshBase (docker, say) {
  await renewBase(docker, say)
  const dir = await makeTemporary(os.tmpdir(), 'runonce-fresh-')
  try {
    await writeFile(path.join(dir, 'Dockerfile'), `FROM ${BASE}\nLABEL ${RENEWED}="${new Date().toISOString()}"\n`)
    const id = await build({ docker }, dir, { t: BASE }, say)
    // The previous base still has the images that are built on it. A later call removes it.
    await removeOld(docker, RENEWED, id)
  } finally {
    await removeTemporary(dir)
  }
}
