import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { parseSettings } from '../lib/env-file.js'
import { SetupError } from '../lib/setup-error.js'

/** @typedef {import('../lib/env-file.js').Settings} Settings */

/**
 * Reads the settings of the service from an env file. The first call creates the file with a random token. Later calls change only the socket of
 * the engine and keep all other lines.
 * @param {string} file path of the env file, which is written with mode 0600
 * @param {string} socketPath
 * @returns {Promise<Settings>} settings from the file
 */
export async function ensureSettings (file, socketPath) {
  const present = await readFile(file, 'utf8').catch((/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const text = completed(present, socketPath, () => randomBytes(24).toString('base64url'))
  if (text !== present) {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(`${file}.new`, text, { mode: 0o600 })
    await rename(`${file}.new`, file)
  }
  await chmod(file, 0o600)
  return parseSettings(text)
}

/**
 * @param {string} text content of an env file; may be empty
 * @param {string} socketPath
 * @param {() => string} makeToken
 * @returns {string} the content with all settings that the quickstart requires
 */
export function completed (text, socketPath, makeToken) {
  const present = parseSettings(text)
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const kept = lines.filter((line) => present['DOCKER_UNIX_SOCKET_PATH'] === socketPath || !line.startsWith('DOCKER_UNIX_SOCKET_PATH='))
  /** @type {Settings} */
  const wanted = {
    API_ACCESS_TOKEN: present['API_ACCESS_TOKEN'] || makeToken(),
    SERVER_LISTEN_ADDR: present['SERVER_LISTEN_ADDR'] || '127.0.0.1',
    SERVER_LISTEN_PORT: present['SERVER_LISTEN_PORT'] || '8088',
    DOCKER_UNIX_SOCKET_PATH: socketPath,
    ...text === '' ? { DOCKER_CONTAINER_RUNTIME: 'auto' } : {}
  }
  const added = Object.entries(wanted).filter(([name, value]) => present[name] !== value).map(([name, value]) => `${name}=${value}`)
  return [...kept, ...added].join('\n') + '\n'
}

/**
 * Returns the environment of the service: the settings, overridden by non-empty variables of this process.
 * @param {Settings} settings
 * @param {NodeJS.ProcessEnv} own
 * @returns {NodeJS.ProcessEnv}
 */
export function serviceEnvironment (settings, own) {
  const set = Object.fromEntries(Object.entries(own).filter(([name, value]) => value !== '' || !(name in settings)))
  const level = set['LOG_LEVEL'] ?? settings['LOG_LEVEL'] ?? ''
  return {
    ...settings,
    ...set,
    DOCKER_UNIX_SOCKET_PATH: settings['DOCKER_UNIX_SOCKET_PATH'],
    // The quickstart waits for the log message that the service listens, which has level info.
    LOG_LEVEL: ['debug', 'trace'].includes(level) ? level : 'info'
  }
}

/**
 * Returns the address on which the service will listen.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{address: string, port: number}} port 0 selects a free port
 * @throws SetupError if the port is invalid
 */
export function listenAddress ({ SERVER_LISTEN_ADDR: address = '127.0.0.1', SERVER_LISTEN_PORT: port = '8088' }) {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new SetupError(`SERVER_LISTEN_PORT: invalid value "${port}": must be a whole number from 0 to 65535`)
  return { address, port: Number(port) }
}
