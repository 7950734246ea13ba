import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

import { cacheDir } from '../lib/cache.js'
import { enginePaths } from './own-engine.js'
import { pingError } from './ping.js'

export const SYSTEM_SOCKET = '/var/run/docker.sock'

/**
 * @typedef {object} Place where an engine may be
 * @property {string} name
 * @property {string} socketPath
 *
 * @typedef {object} Choice the engine that the user has chosen
 * @property {string} source what names the engine
 * @property {string} [socketPath] absent if `value` is not a Unix socket
 * @property {string} value
 */

/**
 * Returns the engine that the environment or the Docker context names. The order is DOCKER_UNIX_SOCKET_PATH, DOCKER_HOST, DOCKER_CONTEXT, and the
 * current context of the docker command.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [home]
 * @returns {Promise<Choice | undefined>} undefined if neither names an engine
 */
export async function chosenEngine (env, home = os.homedir()) {
  const { DOCKER_UNIX_SOCKET_PATH: own, DOCKER_HOST: host } = env
  if (own) return { source: 'DOCKER_UNIX_SOCKET_PATH', socketPath: own, value: own }
  if (host) return choice('DOCKER_HOST', host)
  return await contextEngine(env, home)
}

/**
 * Returns the usual places of engines. The private engine of runonce is the last one.
 * @param {NodeJS.ProcessEnv} env
 * @param {{home?: string, cache?: string, systemSocket?: string}} [options]
 * @returns {Place[]}
 */
export function usualPlaces (env, { home = os.homedir(), cache = cacheDir(), systemSocket = SYSTEM_SOCKET } = {}) {
  const runtime = env['XDG_RUNTIME_DIR'] || `/run/user/${process.getuid?.() ?? 0}`
  const inHome = (/** @type {string} */ name, /** @type {string} */ file) => ({ name, socketPath: path.join(home, file) })
  return [
    { name: 'Docker', socketPath: systemSocket },
    { name: 'rootless Docker', socketPath: path.join(runtime, 'docker.sock') },
    inHome('Docker Desktop', '.docker/desktop/docker.sock'),
    inHome('Docker Desktop', '.docker/run/docker.sock'),
    inHome('Colima', '.colima/default/docker.sock'),
    inHome('Colima', '.config/colima/default/docker.sock'),
    inHome('OrbStack', '.orbstack/run/docker.sock'),
    inHome('Rancher Desktop', '.rd/docker.sock'),
    { name: 'rootless Podman', socketPath: path.join(runtime, 'podman/podman.sock') },
    { name: 'Podman', socketPath: '/run/podman/podman.sock' },
    inHome('Podman', '.local/share/containers/podman/machine/podman.sock'),
    { name: 'the private engine of runonce', socketPath: enginePaths(cache).socket }
  ]
}

/**
 * Returns the places whose engines respond, in the same order.
 * @param {Place[]} places
 * @returns {Promise<Place[]>}
 */
export async function respondingEngines (places) {
  const errors = await Promise.all(places.map(({ socketPath }) => pingError(socketPath)))
  return places.filter((_, index) => errors[index] === undefined)
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} home
 * @returns {Promise<Choice | undefined>}
 * @see docker context; the folder of a context is the SHA-256 digest of its name
 */
async function contextEngine (env, home) {
  const config = env['DOCKER_CONFIG'] || path.join(home, '.docker')
  const name = env['DOCKER_CONTEXT'] || (await readJson(path.join(config, 'config.json')))?.currentContext
  if (typeof name !== 'string' || name === '' || name === 'default') return undefined
  const meta = await readJson(path.join(config, 'contexts/meta', createHash('sha256').update(name).digest('hex'), 'meta.json'))
  const host = meta?.Endpoints?.docker?.Host
  return choice(`the Docker context ${name}`, typeof host === 'string' ? host : 'unknown')
}

/**
 * @param {string} source
 * @param {string} value URL of an engine
 * @returns {Choice}
 */
function choice (source, value) {
  const socketPath = /^unix:\/\/(\/.+)$/.exec(value)?.[1]
  return { source, value, ...socketPath === undefined ? {} : { socketPath } }
}

/**
 * @param {string} file
 * @returns {Promise<any>} undefined if the file does not exist or is not JSON
 */
async function readJson (file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return undefined
  }
}
