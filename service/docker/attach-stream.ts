import http from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'

import { noAnswer } from './engine.js'

/**
 * Attaches to a container's stdin, stdout and stderr by a plain HTTP Upgrade. dockerode's own hijack sends its
 * options as a body, which can reach the container's stdin.
 * @param timeoutMs longest wait for the engine's answer, milliseconds
 * @throws Error with the engine's message and its `statusCode`, or the connection's
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
    const timer = setTimeout(() => request.destroy(noAnswer(timeoutMs)), timeoutMs)
    request.on('upgrade', (_response, socket, head) => {
      clearTimeout(timer)
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    request.on('response', (response) => {
      text(response).then((body) => reject(refusal(response.statusCode, body)), reject).finally(() => clearTimeout(timer))
    })
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    request.end()
  })
}

/** In the shape of dockerode's errors, so that both are read the same way. */
function refusal (statusCode: number | undefined, body: string): Error {
  let message: unknown
  try {
    message = (JSON.parse(body) as { message?: unknown } | null)?.message
  } catch {
    // Then its status has to do.
  }
  return Object.assign(new Error(typeof message === 'string' ? message : `The engine answered ${statusCode}`), { statusCode })
}
