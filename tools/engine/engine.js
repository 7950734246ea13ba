import os from 'node:os'

import { cacheDir } from '../lib/cache.js'
import { withLock } from '../lib/lock.js'
import { SetupError } from '../lib/setup-error.js'
import { chosenEngine, respondingEngines, SYSTEM_SOCKET, usualPlaces } from './find-engines.js'
import { isLeased, takeLease } from './lease.js'
import { canStart, enginePaths, startEngine, stopEngine } from './own-engine.js'
import { pingError, responds } from './ping.js'

/** Timeout for the lock, in milliseconds. Another process that holds the lock may be installing Docker. */
const LOCK_MS = 20 * 60_000

/** @typedef {{name: string, socketPath: string, stop(): Promise<void>}} FoundEngine `stop` is idempotent */

/**
 * Finds or starts a Docker engine. Tries, in this order: the engine that DOCKER_UNIX_SOCKET_PATH, DOCKER_HOST or the Docker context names, the usual
 * places of engines, and a private engine whose data is in the user's cache folder. As root on Debian or Ubuntu, the function starts the private
 * engine and installs Docker if it is missing. Several processes may call this function at the same time: the private engine stops when the last
 * process calls `stop`.
 * @param {object} [options]
 * @param {(text: string) => void} [options.say] receives a message before each long step
 * @param {string} [options.cache] cache folder of this project for the user
 * @param {string} [options.systemSocket]
 * @param {string} [options.home] home folder of the user
 * @returns {Promise<FoundEngine>}
 * @throws SetupError if no engine is available
 */
export async function ensureEngine ({ say = sayOnStderr, cache = cacheDir(), systemSocket = SYSTEM_SOCKET, home = os.homedir() } = {}) {
  const chosen = await chosenEngine(process.env, home)
  if (chosen !== undefined) return { name: chosen.source, socketPath: await chosenSocket(chosen), stop: async () => {} }
  const [found] = await respondingEngines(usualPlaces(process.env, { home, cache, systemSocket }).slice(0, -1))
  if (found !== undefined) return { ...found, stop: async () => {} }
  const error = await pingError(systemSocket)
  const paths = enginePaths(cache)
  if (!canStart() && !await responds(paths.socket)) throw new SetupError(adviceFor(error ?? '', systemSocket))
  const lease = await withLock(paths.dir, LOCK_MS, async () => {
    if (!await responds(paths.socket)) await startEngine(paths, say)
    return await takeLease(paths.leases)
  })
  let stopped = false
  return {
    name: 'private engine',
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
 * @param {import('./find-engines.js').Choice} choice
 * @returns {Promise<string>}
 */
async function chosenSocket ({ source, socketPath, value }) {
  const unset = `Unset ${source.startsWith('the ') ? 'the context (docker context use default)' : source} to let runonce find or start an engine.`
  if (socketPath === undefined) throw new SetupError(`${capitalized(source)} is "${value}": only a unix socket (unix:///path) is supported.\n${unset}`)
  const error = await pingError(socketPath)
  if (error === undefined) return socketPath
  throw new SetupError(`No Docker engine responds at ${source}, ${socketPath} (${error}).\nStart it, or: ${unset}`)
}

/**
 * @param {string} error
 * @param {string} systemSocket
 */
function adviceFor (error, systemSocket) {
  if (error === 'EACCES') {
    return `This user has no permission to use the Docker engine at ${systemSocket}.\nAdd the user to the docker group: sudo usermod -aG docker "$USER", then log in again.`
  }
  return `No Docker engine responds at ${systemSocket} (${error}) or in the usual places of rootless Docker, Podman, Colima and Docker Desktop.\nInstall and start Docker (Debian, Ubuntu: sudo apt-get install docker.io), or run this command as root.`
}

/** @param {string} text */
function capitalized (text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** @param {string} text */
function sayOnStderr (text) {
  process.stderr.write(`engine: ${text}\n`)
}
