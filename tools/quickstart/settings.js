import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { SetupError } from '../lib/setup-error.js'

/** @typedef {Record<string, string>} Settings */

/**
 * Reads the service's settings from an env file. The first call creates the file with a random token; later calls change only the engine's
 * socket, and keep all other lines.
 * @param {string} file written with mode 0600
 * @param {string} socketPath
 * @returns {Promise<Settings>} the settings in the file
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
 * @param {string} text the content of an env file, possibly empty
 * @param {string} socketPath
 * @param {() => string} makeToken
 * @returns {string} the content with every setting that the quickstart needs
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
    DOCKER_UNIX_SOCKET_PATH: socketPath
  }
  const added = Object.entries(wanted).filter(([name, value]) => present[name] !== value).map(([name, value]) => `${name}=${value}`)
  return [...kept, ...added].join('\n') + '\n'
}

/**
 * The service's environment: its settings, overridden by this process's variables that are not empty.
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
    // The quickstart waits for the message that the service listens, which has this level.
    LOG_LEVEL: ['debug', 'trace'].includes(level) ? level : 'info'
  }
}

/**
 * The address that the service will listen on.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{address: string, port: number}} port 0: a free one
 * @throws SetupError when the port is invalid
 */
export function listenAddress ({ SERVER_LISTEN_ADDR: address = '127.0.0.1', SERVER_LISTEN_PORT: port = '8088' }) {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new SetupError(`SERVER_LISTEN_PORT: invalid value "${port}": must be a whole number from 0 to 65535`)
  return { address, port: Number(port) }
}

/**
 * @param {string} text
 * @returns {Settings} the values without any unquoting, as in Docker's env files
 */
export function parseSettings (text) {
  /** @type {Settings} */
  const settings = {}
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined) settings[name] = value
  }
  return settings
}
