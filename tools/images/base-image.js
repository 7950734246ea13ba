import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

import { aptInstall, canInstallPackages } from '../lib/apt.js'
import { bootstrapOptions } from '../lib/bootstrap.js'
import { execute } from '../lib/child.js'
import { makeTemporary, removeTemporary } from '../lib/temporary.js'
import { readEvents } from './read-events.js'

export const BASE = 'debian:trixie-slim'
const PULL_MS = 5 * 60_000
const BOOTSTRAP_MS = 20 * 60_000
const BOOTSTRAP_FILES = ['/usr/bin/mmdebstrap', '/usr/share/keyrings/debian-archive-keyring.gpg']

/** @typedef {import('dockerode')} Docker */

/**
 * Ensures that the engine has the base image. Pulls a missing image. If the pull fails, builds the image with mmdebstrap, which requires root on
 * Debian or Ubuntu.
 * @param {Docker} docker
 * @param {(text: string) => void} say
 * @param {AbortSignal} [signal] cancels the pull and mmdebstrap
 * @returns {Promise<{tag: string, id: string}>}
 */
export async function ensureBase (docker, say, signal) {
  const present = await imageId(docker, BASE)
  if (present !== undefined) return { tag: BASE, id: present }
  await renewBase(docker, say, signal)
  const id = await imageId(docker, BASE)
  if (id === undefined) throw new Error(`the engine has no image ${BASE}, although the build succeeded`)
  return { tag: BASE, id }
}

/**
 * Pulls the current base image, or builds it with mmdebstrap if the pull fails.
 * @param {Docker} docker
 * @param {(text: string) => void} say
 * @param {AbortSignal} [signal] cancels the pull and mmdebstrap
 */
export async function renewBase (docker, say, signal) {
  try {
    say(`pulling ${BASE}`)
    await pull(docker, signal)
  } catch (error) {
    signal?.throwIfAborted()
    const reason = /** @type {Error} */ (error).message
    if (!canInstallPackages()) {
      throw new Error(`${BASE} cannot be pulled (${reason}): pull or load the image manually, or run this command as root on Debian or Ubuntu`, { cause: error })
    }
    say(`building ${BASE} with mmdebstrap, because it cannot be pulled: ${reason}`)
    await bootstrap(docker, signal)
  }
}

/**
 * @param {Docker} docker
 * @param {string} name tag or ID of the image
 * @returns {Promise<string | undefined>}
 */
export async function imageId (docker, name) {
  try {
    return (await docker.getImage(name).inspect()).Id
  } catch (error) {
    if (/** @type {{statusCode?: number}} */ (error).statusCode === 404) return undefined
    throw error
  }
}

/**
 * @param {Docker} docker
 * @param {AbortSignal} [signal]
 */
async function pull (docker, signal) {
  const timeout = AbortSignal.timeout(PULL_MS)
  const stream = await docker.pull(BASE, { abortSignal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]) })
  await readEvents(/** @type {import('node:stream').Readable} */ (stream))
}

/**
 * @param {Docker} docker
 * @param {AbortSignal} [signal]
 */
async function bootstrap (docker, signal) {
  const present = await Promise.all(BOOTSTRAP_FILES.map((file) => access(file).then(() => true, () => false)))
  if (present.includes(false)) await aptInstall(['mmdebstrap', 'debian-archive-keyring'])
  const dir = await makeTemporary(os.tmpdir(), 'runonce-base-')
  try {
    const tar = path.join(dir, 'base.tar')
    await execute('mmdebstrap', [
      '--variant=minbase', '--include=ca-certificates',
      ...['doc/*', 'man/*', 'info/*', 'locale/*'].map((each) => `--dpkgopt=path-exclude=/usr/share/${each}`),
      '--dpkgopt=path-include=/usr/share/doc/*/copyright', ...await bootstrapOptions(),
      '--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1"/var/log/*',
      'trixie', tar
    ], { timeout: BOOTSTRAP_MS, endWith: signal })
    const stream = await docker.importImage(createReadStream(tar), { repo: BASE.split(':')[0], tag: BASE.split(':')[1] })
    await readEvents(/** @type {import('node:stream').Readable} */ (stream))
  } finally {
    await removeTemporary(dir)
  }
}
