import http from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'

import { noResponse } from './engine-errors.js'

/**
 * Attaches to a container's stdin, stdout and stderr with a plain HTTP Upgrade request. dockerode sends its options
 * as a request body, which can reach the container's stdin.
 * @param endpoint address of the engine
 * @throws Error with the engine's message and its `statusCode`, or the error of the connection
 * @see Docker Engine API v1.41, ContainerAttach, "Hijacking"
 */
export function openAttachStream (endpoint: http.RequestOptions, containerId: string, timeoutMs: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      ...endpoint,
      method: 'POST',
      path: `/containers/${containerId}/attach?stream=1&stdin=1&stdout=1&stderr=1`,
      headers: { Host: 'docker', Connection: 'Upgrade', Upgrade: 'tcp', 'Content-Length': '0' },
      agent: false
    })
    const timer = setTimeout(() => request.destroy(noResponse(timeoutMs)), timeoutMs)
    request.on('upgrade', (_response, socket, head) => {
      clearTimeout(timer)
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    request.on('response', (response) => {
      text(response).then((body) => reject(rejection(response.statusCode, body)), reject).finally(() => clearTimeout(timer))
    })
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    request.end()
  })
}

/** Creates an error with the same members as dockerode's errors. */
function rejection (statusCode: number | undefined, body: string): Error {
  let message: unknown
  try {
    message = (JSON.parse(body) as { message?: unknown } | null)?.message
  } catch {
    // The body is not JSON, so the message contains only the status.
  }
  return Object.assign(new Error(typeof message === 'string' ? message : `The engine responded with status ${statusCode}`), { statusCode })
}
