import path from 'node:path'
import { cacheDir } from '../lib/cache.js'
import { isLeased, takeLease, withLock } from './lease.js'
import { canStart, enginePaths, startEngine, stopEngine } from './own-engine.js'
import { answers, pingFault } from './ping.js'

const SYSTEM_SOCKET = '/var/run/docker.sock'
/** Longer than installing Docker and starting it may take another process. */
const LOCK_MS = 20 * 60_000

/** Something the user has to set right: the message says what, in two lines. */
export class SetupError extends Error {}

/**
 * Finds a Docker engine, or starts one of our own: the one DOCKER_HOST names, the system's, ours in the user's cache folder, and as
 * root on Debian or Ubuntu a new one there. Works when several processes call it at once; an engine of ours ends with the last of
 * them to call `stop`.
 * @param {object} [options]
 * @param {(text: string) => void} [options.say] told of long steps
 * @param {string} [options.cache] the user's cache folder for this project
 * @param {string} [options.systemSocket]
 * @returns {Promise<{socketPath: string, stop(): Promise<void>}>} stop is safe to call twice
 * @throws SetupError
 */
export async function ensureEngine ({ say = sayOnStderr, cache = cacheDir(), systemSocket = SYSTEM_SOCKET } = {}) {
  const named = process.env.DOCKER_HOST
  if (named) return { socketPath: await namedSocket(named), stop: async () => {} }
  const fault = await pingFault(systemSocket)
  if (fault === undefined) return { socketPath: systemSocket, stop: async () => {} }
  const paths = enginePaths(cache)
  if (!await answers(paths.socket) && !await canStart()) throw new SetupError(await adviceFor(fault, systemSocket))
  const lease = await withLock(paths.dir, LOCK_MS, async () => {
    if (!await answers(paths.socket)) await startEngine(paths, say)
    return await takeLease(paths.leases)
  })
  let stopped = false
  return {
    socketPath: paths.socket,
    async stop () {
      if (stopped) return
      stopped = true
      await withLock(paths.dir, LOCK_MS, async () => {
        await lease.release()
        if (!await isLeased(paths.leases)) await stopEngine(paths)
      })
    }
  }
}

/**
 * Lets a signal stop the engine before this process ends by it.
 * @param {{stop(): Promise<void>}} engine
 */
export function stopOnSignal (engine) {
  for (const [signal, code] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])) {
    process.once(signal, () => { void engine.stop().finally(() => process.exit(code)) })
  }
}

/**
 * @param {string} value DOCKER_HOST's
 * @returns {Promise<string>}
 */
async function namedSocket (value) {
  const socketPath = /^unix:\/\/(\/.+)$/.exec(value)?.[1]
  if (socketPath === undefined) {
    throw new SetupError(`DOCKER_HOST is "${value}": only a unix socket (unix:///path) is supported.\nUnset it to have an engine found or started.`)
  }
  const fault = await pingFault(socketPath)
  if (fault !== undefined) {
    throw new SetupError(`No engine answers at DOCKER_HOST, ${socketPath} (${fault}).\nStart it, or unset DOCKER_HOST to have an engine found or started.`)
  }
  return socketPath
}

/**
 * @param {string} fault
 * @param {string} systemSocket
 */
async function adviceFor (fault, systemSocket) {
  const rootless = path.join(process.env.XDG_RUNTIME_DIR || '/nonexistent', 'docker.sock')
  if (await answers(rootless)) {
    return `No Docker engine answers at ${systemSocket} (${fault}), but a rootless one does.\nTo use that one: DOCKER_HOST=unix://${rootless} npm run …`
  }
  if (fault === 'EACCES') {
    return `Docker is here, but this user may not use ${systemSocket}.\nAdd it to the group: sudo usermod -aG docker "$USER", then log in again.`
  }
  return `No Docker engine answers at ${systemSocket} (${fault}).\nInstall and start Docker (Debian, Ubuntu: sudo apt-get install docker.io), or run this as root.`
}

/** @param {string} text */
function sayOnStderr (text) {
  process.stderr.write(`engine: ${text}\n`)
}
