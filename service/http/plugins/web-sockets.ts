import type { IncomingMessage, Server } from 'node:http'

import websocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'

import { routedUrl } from './request-target.js'
import { webSocketUpgrades } from './upgrades.js'

/** Adds support for WebSockets to an application. Must be called before routes are added. Only paths without parameters are supported. */
export async function addWebSockets (app: FastifyInstance, { maxMessageBytes }: { maxMessageBytes: number }): Promise<void> {
  const paths = new Set<string | undefined>()
  app.addHook('onRoute', ({ url, wsHandler }) => { if (wsHandler !== undefined) paths.add(url) })
  const upgrades = webSocketUpgrades(app.server, (request) => paths.has(routedUrl(request).split('?', 1)[0]))
  const ids = new WeakMap<IncomingMessage, string>()
  await app.register(websocket, {
    options: { server: upgrades as Server, maxPayload: maxMessageBytes, perMessageDeflate: false },
    // The client causes errors of the protocol, and the session of the socket handles them.
    errorHandler: (error, _socket, request) => { request.log.debug({ err: error }, 'WebSocket error') }
  })
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.ws) ids.set(request.raw, request.id)
    done()
  })
  app.websocketServer.on('headers', (headers, request) => { headers.push(`X-Request-Id: ${ids.get(request) ?? ''}`) })
}
