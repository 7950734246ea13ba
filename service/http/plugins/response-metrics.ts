import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { ERRORS } from '../../errors.js'
import type { ServiceMetrics } from '../../runs/status-ports.js'
import { matchesAnyPath } from './cors.js'

/** Methods that are used as label values. Node accepts more than 30 methods, and each would add a time series to every route. */
const COUNTED_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const [CLIENT_GONE] = ERRORS.clientGone
const SWITCHING_PROTOCOLS = 101

/**
 * Counts every response by method, route and status. A request whose client disconnects before the response has been sent is
 * counted with status 499. Call this function before adding other hooks: Fastify skips the remaining hooks when one rejects a
 * request.
 */
export function addResponseMetrics (app: FastifyInstance, metrics: ServiceMetrics): void {
  app.addHook('onRequest', (request, reply, done) => {
    let finished = false
    reply.raw.once('finish', () => { finished = true })
    reply.raw.once('close', () => {
      const method = COUNTED_METHODS.has(request.method) ? request.method : 'other'
      const route = request.is404 || matchesAnyPath(request) ? request.pathPattern : request.routeOptions.url ?? ''
      metrics.responded(method, route, finished ? reply.statusCode : isUpgraded(request, reply) ? SWITCHING_PROTOCOLS : CLIENT_GONE)
    })
    done()
  })
}

/** Whether the connection became a WebSocket, whose handshake is not sent by the reply. */
function isUpgraded (request: FastifyRequest, reply: FastifyReply): boolean {
  return request.ws && reply.sent
}
