import type { FastifyInstance } from 'fastify'

import type { ServiceMetrics } from '../../runs/ports.js'

/** Counts every response by method, route and status. */
export function addResponseMetrics (app: FastifyInstance, metrics: ServiceMetrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    metrics.responded(request.method, request.is404 ? request.pathPattern : request.routeOptions.url ?? '', reply.statusCode)
    done()
  })
}
