import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits until a condition is true. Checks it at once, and then every `pollMs` milliseconds.
 * @param {() => Promise<boolean>} condition
 * @param {object} options
 * @param {number} options.timeoutMs
 * @param {number} options.pollMs
 * @param {string} options.message message of the error
 * @throws Error if the condition is still false after `timeoutMs` milliseconds
 */
export async function until (condition, { timeoutMs, pollMs, message }) {
  for (const deadline = Date.now() + timeoutMs; !await condition(); await sleep(pollMs)) {
    if (Date.now() > deadline) throw new Error(message)
  }
}
