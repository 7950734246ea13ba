import { execFileSync } from 'node:child_process'

/**
 * Runs git.
 * @param {...string} args
 * @returns {string | undefined} its output; undefined when it fails, or git is not installed
 */
export function git (...args) {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}
