import http from 'node:http'

const PING_MS = 3000

/**
 * Why no engine answers at a socket.
 * @param {string} socketPath
 * @returns {Promise<string | undefined>} an error code or sentence; undefined when one answers
 * @see Docker Engine API v1.41, SystemPing
 */
export async function pingFault (socketPath) {
  return await new Promise((resolve) => {
    const request = http.get({ socketPath, path: '/_ping', timeout: PING_MS, agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode === 200 ? undefined : `status ${response.statusCode}`))
      response.on('error', (error) => resolve(error.message))
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${PING_MS / 1000} s`)))
    request.on('error', (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code ?? error.message))
  })
}

/**
 * @param {string} socketPath
 * @returns {Promise<boolean>}
 */
export async function answers (socketPath) {
  return await pingFault(socketPath) === undefined
}
