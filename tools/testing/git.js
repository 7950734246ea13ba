import { execFileSync } from 'node:child_process'

/**
 * What git says; undefined where it says no, or there is no git.
 * @param {...string} args
 * @returns {string | undefined}
 */
export function git (...args) {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}
