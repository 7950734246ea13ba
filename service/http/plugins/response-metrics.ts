import type { FastifyInstance } from 'fastify'

import { ERRORS } from '../../errors.js'
import type { ServiceMetrics } from '../../runs/status-ports.js'

/** Clients may send any of the thirty-odd methods that Node parses; each would be a time series of every route. */
const COUNTED_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const [CLIENT_GONE] = ERRORS.clientGone

/**
 * Counts every response by method, route and status; a request whose client left before the end of the response has status
 * 499. Call before other hooks are added: a hook that refuses a request ends the ones behind it.
 */
export function addResponseMetrics (app: FastifyInstance, metrics: ServiceMetrics): void {
  app.addHook('onRequest', (request, reply, done) => {
    let finished = false
    reply.raw.once('finish', () => { finished = true })
    reply.raw.once('close', () => {
      const method = COUNTED_METHODS.has(request.method) ? request.method : 'other'
      const route = request.is404 ? request.pathPattern : request.routeOptions.url ?? ''
      metrics.responded(method, route, finished ? reply.statusCode : CLIENT_GONE)
    })
    done()
  })
}
