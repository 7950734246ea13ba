import { EventEmitter } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** The opening handshake of the only supported version (RFC 6455, section 4.2.1). */
const KEY = /^[+/0-9A-Za-z]{22}==$/
const VERSION = '13'

/**
 * Emits `upgrade` for WebSocket handshakes only. All other requests to upgrade are served as if they did not have an Upgrade header:
 * clients may offer HTTP/2 with any request, and a server may ignore it (RFC 9110, section 7.8). As soon as a Node server has a listener
 * for this event, it no longer serves such requests itself.
 * @param isSocketPath whether a request target is the path of a route for WebSockets
 */
export function webSocketUpgrades (server: Server, isSocketPath: (request: IncomingMessage) => boolean): EventEmitter {
  const upgrades = new EventEmitter()
  const responses = new WeakMap<Duplex, ServerResponse>()
  server.prependListener('request', ({ socket }, response) => { responses.set(socket, response) })
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    afterResponse(responses.get(socket), socket, () => {
      if (isHandshake(request) && isSocketPath(request)) {
        upgrades.emit('upgrade', request, socket, head)
        return
      }
      socket.unshift(Buffer.concat([headWithoutUpgrade(request), head]))
      server.emit('connection', socket)
    })
  })
  return upgrades
}

/** Waits for the response to the previous, pipelined request. Afterwards, the socket has no listeners of the server, like a new socket. */
function afterResponse (previous: ServerResponse | undefined, socket: Socket, next: () => void): void {
  if (previous === undefined || previous.destroyed) {
    socket.removeAllListeners('timeout')
    next()
    return
  }
  const onError = () => socket.destroy()
  socket.on('error', onError)
  previous.once('close', () => {
    socket.off('error', onError)
    socket.setTimeout(0)
    afterResponse(undefined, socket, socket.destroyed ? () => {} : next)
  })
}

function isHandshake ({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' &&
    KEY.test(headers['sec-websocket-key'] ?? '') && headers['sec-websocket-version'] === VERSION
}

/** The start of the request as the client sent it, except for the Upgrade header. Node decodes headers as latin1. */
function headWithoutUpgrade ({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${rawHeaders[at + 1]}`)
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}
