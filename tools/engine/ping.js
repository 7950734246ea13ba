import { httpRequest } from '../lib/http-request.js'

const PING_MS = 3000

/**
 * Checks whether an engine responds on a socket.
 * @param {string} socketPath
 * @returns {Promise<string | undefined>} an error code or message; undefined if an engine responds
 * @see Docker Engine API v1.41, SystemPing
 */
export async function pingError (socketPath) {
  return await httpRequest({ socketPath, path: '/_ping', timeout: PING_MS, agent: false })
    .then(({ status }) => status === 200 ? undefined : `status ${status}`, (/** @type {NodeJS.ErrnoException} */ error) => error.code ?? error.message)
}

/**
 * @param {string} socketPath
 * @returns {Promise<boolean>} whether an engine responds on the socket
 */
export async function responds (socketPath) {
  return await pingError(socketPath) === undefined
}
