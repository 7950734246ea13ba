import { execFileSync } from 'node:child_process'

/**
 * Runs git.
 * @param {...string} args
 * @returns {string | undefined} stdout of git; undefined if git fails or is not installed
 */
export function git (...args) {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}
