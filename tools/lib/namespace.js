import { execute } from './child.js'

/** unshare(1) ignores SIGTERM while it waits for its child. */
const COMMAND = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child']

/**
 * Runs a command as root in a private mount and PID namespace. When the command or this process ends, all mounts and processes of the namespace
 * disappear.
 * @param {string[]} command
 * @param {number} timeoutMs
 */
export async function inNamespace (command, timeoutMs) {
  return await execute('setpriv', [...COMMAND, ...command], { timeout: timeoutMs, killSignal: 'SIGKILL' })
}
