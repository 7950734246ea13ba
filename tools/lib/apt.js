import { setTimeout as sleep } from 'node:timers/promises'

import { execute } from './child.js'
import { findCommand } from './commands.js'
import { lastLines } from './last-lines.js'

/** Options for apt-get. A new machine often upgrades its packages first and holds the dpkg lock during the upgrade. */
const OPTIONS = ['-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=3']
const APT_MS = 30 * 60_000
const ATTEMPTS = 3
const ERROR_LINES = 10

/** Reports whether this process can install Debian packages: it is root and apt-get exists. @returns {boolean} */
export function canInstallPackages () {
  return process.getuid?.() === 0 && findCommand('apt-get') !== undefined
}

/**
 * Installs Debian packages as root. Repairs an interrupted dpkg, and retries after a failure.
 * @param {string[]} packages
 * @param {number} [pauseMs] pause between two attempts, in milliseconds
 * @throws Error with the last lines of apt-get's output
 */
export async function aptInstall (packages, pauseMs = 5000) {
  for (let attempt = 1; ; attempt++) {
    // Continues after a failed update: the existing package lists may already contain the package.
    const updateError = await apt('update').then(() => undefined, (/** @type {Error} */ error) => error)
    try {
      return await apt('install', '-y', '--no-install-recommends', ...packages)
    } catch (error) {
      const message = [error, updateError].map((each) => /** @type {Error | undefined} */ (each)?.message ?? '').join('\n').trimEnd()
      if (attempt === ATTEMPTS) throw new Error(message, { cause: error })
      if (message.includes('dpkg --configure -a')) await command('dpkg', ['--configure', '-a']).catch(() => {})
      await sleep(pauseMs)
    }
  }
}

/** @param {string} action @param {...string} args */
async function apt (action, ...args) {
  await command('apt-get', [...OPTIONS, action, ...args])
}

/**
 * @param {string} name
 * @param {string[]} args
 */
async function command (name, args) {
  try {
    await execute(name, args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: APT_MS })
  } catch (error) {
    const { message, stderr = '' } = /** @type {Error & {stderr?: string}} */ (error)
    const shown = args.filter((each) => each !== '-o' && !each.includes('=')).join(' ')
    throw new Error(`${name} ${shown} failed:\n${lastLines(stderr, ERROR_LINES) || message}`, { cause: error })
  }
}
