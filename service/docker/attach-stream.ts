import http from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * Attaches to a container's stdin, stdout and stderr by a plain HTTP Upgrade. dockerode's own hijack sends its
 * options as a body, which can reach the container's stdin.
 * @param timeoutMs longest wait for the engine's answer, milliseconds
 * @throws Error with the engine's message, or the connection's
 * @see Docker Engine API v1.41, ContainerAttach, «Hijacking»
 */
export function attachContainer (socketPath: string, containerId: string, timeoutMs: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      socketPath,
      method: 'POST',
      path: `/containers/${containerId}/attach?stream=1&stdin=1&stdout=1&stderr=1`,
      headers: { Host: 'docker', Connection: 'Upgrade', Upgrade: 'tcp', 'Content-Length': '0' },
      agent: false
    })
    const timer = setTimeout(() => request.destroy(new Error(`The engine did not answer within ${timeoutMs} ms`)), timeoutMs)
    request.on('upgrade', (_response, socket, head) => {
      clearTimeout(timer)
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    request.on('response', (response) => {
      clearTimeout(timer)
      response.resume()
      response.on('end', () => reject(new Error(`The engine answered ${response.statusCode}`)))
    })
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    request.end()
  })
}
