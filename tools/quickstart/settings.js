import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** @typedef {Record<string, string>} Settings */

/**
 * The service's settings from an env file: made at the first call with a random token, kept on later ones, lines of others too.
 * Only the engine's socket is renewed.
 * @param {string} file written with mode 0600
 * @param {string} socketPath
 * @returns {Promise<Settings>} as the file has them
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
 * @param {string} text an env file's, possibly empty
 * @param {string} socketPath
 * @param {() => string} makeToken
 * @returns {string} with every setting that quickstart needs
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
 * The environment that the service gets: its settings, and over them this process's, where those are not empty.
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
    // It tells that it listens at that level; at a higher one nobody would know.
    LOG_LEVEL: ['debug', 'trace'].includes(level) ? level : 'info'
  }
}

/**
 * Where the service is to listen.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{address: string, port: number}} port 0: a free one
 * @throws Error when the port is none
 */
export function listenAddress ({ SERVER_LISTEN_ADDR: address = '127.0.0.1', SERVER_LISTEN_PORT: port = '8088' }) {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error(`SERVER_LISTEN_PORT is "${port}": it takes a whole number from 0 to 65535`)
  return { address, port: Number(port) }
}

/**
 * @param {string} text
 * @returns {Settings} values verbatim, as systemd's and Docker's env files have them without quotes
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
