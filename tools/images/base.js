import { createReadStream } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { aptInstall } from '../lib/apt.js'
import { runToEnd } from '../lib/child.js'
import { readEvents } from './events.js'
import { makeTemporary, removeTemporary } from '../lib/temporary.js'

const BASE = 'debian:trixie-slim'
const PULL_MS = 5 * 60_000
const BOOTSTRAP_MS = 20 * 60_000
const BOOTSTRAP_FILES = ['/usr/bin/mmdebstrap', '/usr/share/keyrings/debian-archive-keyring.gpg']

/** @typedef {import('dockerode')} Docker */

/**
 * Makes sure of the base image: present, else pulled, else (as root on Debian or Ubuntu) made from the Debian archive.
 * @param {Docker} docker
 * @param {(text: string) => void} say
 * @returns {Promise<{tag: string, id: string}>}
 */
export async function ensureBase (docker, say) {
  const present = await imageId(docker, BASE)
  if (present !== undefined) return { tag: BASE, id: present }
  try {
    say(`pull ${BASE}`)
    await pull(docker)
  } catch (error) {
    const reason = /** @type {Error} */ (error).message
    if (!await canBootstrap()) {
      throw new Error(`${BASE} can't be pulled (${reason}); pull or load it yourself, or run this as root on Debian or Ubuntu`, { cause: error })
    }
    say(`no ${BASE} from a registry (${reason}): making it by mmdebstrap`)
    await bootstrap(docker)
  }
  const id = await imageId(docker, BASE)
  if (id === undefined) throw new Error(`${BASE} is not there although making it did not fail`)
  return { tag: BASE, id }
}

/**
 * @param {Docker} docker
 * @param {string} name a tag or an ID
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

/** @param {Docker} docker */
async function pull (docker) {
  const abort = AbortSignal.timeout(PULL_MS)
  const stream = await docker.pull(BASE, { abortSignal: abort })
  await readEvents(/** @type {import('node:stream').Readable} */ (stream))
}

async function canBootstrap () {
  return process.getuid?.() === 0 && await access('/usr/bin/apt-get', constants.X_OK).then(() => true, () => false)
}

/** @param {Docker} docker */
async function bootstrap (docker) {
  const there = await Promise.all(BOOTSTRAP_FILES.map((file) => access(file).then(() => true, () => false)))
  if (there.includes(false)) await aptInstall(['mmdebstrap', 'debian-archive-keyring'])
  const dir = await makeTemporary(os.tmpdir(), 'runonce-base-')
  try {
    const tar = path.join(dir, 'base.tar')
    await runToEnd('mmdebstrap', [
      '--variant=minbase', '--include=ca-certificates',
      ...['doc/*', 'man/*', 'info/*', 'locale/*'].map((each) => `--dpkgopt=path-exclude=/usr/share/${each}`),
      '--dpkgopt=path-include=/usr/share/doc/*/copyright', ...await aptOptions(),
      '--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1"/var/log/*',
      'trixie', tar
    ], { timeout: BOOTSTRAP_MS, maxBuffer: 64 * 2 ** 20 })
    const stream = await docker.importImage(createReadStream(tar), { repo: BASE.split(':')[0], tag: BASE.split(':')[1] })
    await readEvents(/** @type {import('node:stream').Readable} */ (stream))
  } finally {
    await removeTemporary(dir)
  }
}

async function aptOptions () {
  const { stdout } = await runToEnd('apt-config', ['dump', 'Acquire'])
  return bootstrapOptions(stdout)
}

/**
 * Where this host's apt is told not to look at the archive's dates (its own clock is off), or to go by a proxy, mmdebstrap is told the same.
 * @param {string} dump of apt-config
 * @returns {string[]}
 */
export function bootstrapOptions (dump) {
  return [...dump.matchAll(/^Acquire::(?:(Check-Valid-Until|Check-Date) "(?:false|no|0)"|(https?::proxy) "([^"]+)");$/gim)]
    .map(([, date, proxy, value]) => date !== undefined ? `--aptopt=Acquire::${date} "false"` : `--aptopt=Acquire::${proxy} "${value}"`)
}
