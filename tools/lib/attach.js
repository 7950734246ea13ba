import http from 'node:http'

/**
 * Attaches to a container's stdin, stdout and stderr.
 * @param {string} socketPath socket path of the engine
 * @param {string} id
 * @returns {Promise<import('node:stream').Duplex>}
 * @see Docker Engine API v1.41, ContainerAttach
 */
export function attach (socketPath, id) {
  return new Promise((resolve, reject) => {
    const path = `/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1`
    const headers = { Connection: 'Upgrade', Upgrade: 'tcp', 'Content-Length': '0' }
    const request = http.request({ socketPath, method: 'POST', path, headers, agent: false })
    request.on('upgrade', (_response, socket, head) => {
      socket.unshift(head)
      resolve(socket)
    })
    request.on('response', ({ statusCode }) => reject(new Error(`attach: status ${statusCode}`)))
    request.on('error', reject)
    request.end()
  })
}

/**
 * Splits the output stream of a container without a terminal. Each frame has an 8-byte header with the stream number and the length.
 * @param {Buffer} frames
 * @returns {{stdout: Buffer, stderr: Buffer}} the output, without an incomplete last frame
 */
export function demultiplex (frames) {
  /** @type {Buffer[][]} */
  const out = [[], [], []]
  for (let at = 0; at + 8 <= frames.length;) {
    const end = at + 8 + frames.readUInt32BE(at + 4)
    if (end > frames.length) break
    out[frames[at] ?? 0]?.push(frames.subarray(at + 8, end))
    at = end
  }
  return { stdout: Buffer.concat(out[1] ?? []), stderr: Buffer.concat(out[2] ?? []) }
}
