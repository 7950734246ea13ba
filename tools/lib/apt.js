import { setTimeout as sleep } from 'node:timers/promises'
import { runToEnd } from './child.js'

/** A new machine upgrades itself at first, and holds the lock meanwhile. */
const PATIENCE = ['-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=3']
const APT_MS = 30 * 60_000
const ATTEMPTS = 3
const ERROR_LINES = 10

/**
 * Installs Debian packages, as root. Tries again when it fails, and mends what an interrupted dpkg has left.
 * @param {string[]} packages
 * @param {number} [pauseMs] between two attempts
 * @throws Error with apt-get's last lines
 */
export async function aptInstall (packages, pauseMs = 5000) {
  for (let attempt = 1; ; attempt++) {
    // With the lists that are here: one archive of several that does not answer need not be the one.
    const outdated = await apt('update').then(() => undefined, (/** @type {Error} */ error) => error)
    try {
      return await apt('install', '-y', '--no-install-recommends', ...packages)
    } catch (error) {
      const said = `${/** @type {Error} */ (error).message}${outdated === undefined ? '' : `\n${outdated.message}`}`
      if (attempt === ATTEMPTS) throw new Error(said, { cause: error })
      if (said.includes('dpkg --configure -a')) await command('dpkg', ['--configure', '-a']).catch(() => {})
      await sleep(pauseMs)
    }
  }
}

/** @param {string} action @param {...string} args */
async function apt (action, ...args) {
  await command('apt-get', [...PATIENCE, action, ...args])
}

/**
 * @param {string} name
 * @param {string[]} args
 */
async function command (name, args) {
  try {
    await runToEnd(name, args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: APT_MS, maxBuffer: 64 * 2 ** 20 })
  } catch (error) {
    const { message, stderr = '' } = /** @type {Error & {stderr?: string}} */ (error)
    const lines = stderr.split('\n').filter((line) => line.trim() !== '').slice(-ERROR_LINES)
    throw new Error([`${name} ${args.filter((each) => each !== '-o' && !each.includes('=')).join(' ')} failed:`, ...lines.length > 0 ? lines : [message]].join('\n'), { cause: error })
  }
}
