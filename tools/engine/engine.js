import path from 'node:path'

import { cacheDir } from '../lib/cache.js'
import { withLock } from '../lib/lock.js'
import { SetupError } from '../lib/setup-error.js'
import { isLeased, takeLease } from './lease.js'
import { canStart, enginePaths, startEngine, stopEngine } from './own-engine.js'
import { pingError, responds } from './ping.js'

const SYSTEM_SOCKET = '/var/run/docker.sock'
/** Timeout for the lock, in milliseconds. Another process that holds the lock may be installing Docker. */
const LOCK_MS = 20 * 60_000

/** @typedef {{socketPath: string, stop(): Promise<void>}} FoundEngine `stop` is idempotent */

/**
 * Finds or starts a Docker engine. Tries, in this order: the engine in DOCKER_HOST, the system's engine, and a private engine whose data is in
 * the user's cache folder. As root on Debian or Ubuntu, the function starts the private engine and installs Docker if it is missing. Several
 * processes may call this function at the same time: the private engine stops when the last process calls `stop`.
 * @param {object} [options]
 * @param {(text: string) => void} [options.say] receives a message before each long step
 * @param {string} [options.cache] cache folder of this project for the user
 * @param {string} [options.systemSocket]
 * @returns {Promise<FoundEngine>}
 * @throws SetupError if no engine is available
 */
export async function ensureEngine ({ say = sayOnStderr, cache = cacheDir(), systemSocket = SYSTEM_SOCKET } = {}) {
  const named = process.env.DOCKER_HOST
  if (named) return { socketPath: await namedSocket(named), stop: async () => {} }
  const error = await pingError(systemSocket)
  if (error === undefined) return { socketPath: systemSocket, stop: async () => {} }
  const paths = enginePaths(cache)
  if (!canStart() && !await responds(paths.socket)) throw new SetupError(await adviceFor(error, systemSocket))
  const lease = await withLock(paths.dir, LOCK_MS, async () => {
    if (!await responds(paths.socket)) await startEngine(paths, say)
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
 * Stops the engine when this process receives a termination signal.
 * @param {{stop(): Promise<void>}} engine
 */
export function stopOnSignal (engine) {
  onSignal((code) => { void engine.stop().finally(() => process.exit(code)) })
}

/**
 * Calls a function when this process receives a termination signal.
 * @param {(code: number, signal: string) => void} handle receives the exit code that a shell reports for the signal
 */
export function onSignal (handle) {
  for (const [signal, code] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])) {
    process.on(signal, () => handle(code, signal))
  }
}

/**
 * @param {string} value value of DOCKER_HOST
 * @returns {Promise<string>}
 */
async function namedSocket (value) {
  const socketPath = /^unix:\/\/(\/.+)$/.exec(value)?.[1]
  if (socketPath === undefined) {
    throw new SetupError(`DOCKER_HOST is "${value}": only a unix socket (unix:///path) is supported.\nUnset DOCKER_HOST to let runonce find or start an engine.`)
  }
  const error = await pingError(socketPath)
  if (error !== undefined) {
    throw new SetupError(`No Docker engine responds at DOCKER_HOST, ${socketPath} (${error}).\nStart it, or unset DOCKER_HOST to let runonce find or start an engine.`)
  }
  return socketPath
}

/**
 * @param {string} error
 * @param {string} systemSocket
 */
async function adviceFor (error, systemSocket) {
  const rootless = path.join(process.env.XDG_RUNTIME_DIR || '/nonexistent', 'docker.sock')
  if (await responds(rootless)) {
    return `No Docker engine responds at ${systemSocket} (${error}), but a rootless engine does.\nTo use the rootless engine: DOCKER_HOST=unix://${rootless} npm run …`
  }
  if (error === 'EACCES') {
    return `This user has no permission to use the Docker engine at ${systemSocket}.\nAdd the user to the docker group: sudo usermod -aG docker "$USER", then log in again.`
  }
  return `No Docker engine responds at ${systemSocket} (${error}).\nInstall and start Docker (Debian, Ubuntu: sudo apt-get install docker.io), or run this command as root.`
}

/** @param {string} text */
function sayOnStderr (text) {
  process.stderr.write(`engine: ${text}\n`)
}
