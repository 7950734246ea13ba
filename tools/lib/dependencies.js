import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'

import { killOnExit } from './child.js'
import { withLock } from './lock.js'
import { SetupError } from './setup-error.js'

/** Must equal "engines" in package.json. */
const OLDEST_NODE = [20, 19]
const LOCK_MS = 20 * 60_000
/** Development dependencies. A production installation lacks them. */
const NEEDED = ['node_modules/typescript', 'node_modules/tap']

/**
 * Installs dependencies if they are missing or older than the lock file. Only one process installs at a time.
 * @throws SetupError if this Node is too old or npm fails
 */
export async function installDependencies () {
  const error = nodeVersionError(process.versions.node)
  if (error !== undefined) throw new SetupError(error)
  if (areInstalled()) return
  await withLock('node_modules', LOCK_MS, async () => {
    if (areInstalled()) return
    process.stdout.write('== dependencies: npm ci\n')
    // Without --include=dev, NODE_ENV=production or npm's own settings could exclude the development dependencies.
    const npm = killOnExit(spawn('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { stdio: 'inherit' }))
    const [code, signal] = await once(npm, 'exit').catch((/** @type {NodeJS.ErrnoException} */ error) => [error.code])
    if (code === 'ENOENT') throw new SetupError('npm is not installed.\nInstall it (Debian, Ubuntu: apt-get install npm).')
    if (code !== 0) throw new SetupError(`npm ci failed (${signal ?? `exit code ${code}`}), see the errors above.\nIf npm cannot reach its registry, set another registry (npm config set registry URL) or HTTPS_PROXY.`)
  })
}

/**
 * @param {string} version version of Node
 * @returns {string | undefined} a message of two lines if this version is too old
 */
export function nodeVersionError (version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined
  return `Node ${version} is too old: runonce needs ${OLDEST_NODE.join('.')} or newer.\nOn Debian 13, install it with: apt-get install nodejs npm.`
}

function areInstalled () {
  const installed = 'node_modules/.package-lock.json'
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs && NEEDED.every((dir) => existsSync(dir))
}
