import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import type { ServiceMetrics } from '../../runs/status-ports.js'

/** Describes the Prometheus text format 0.0.4. */
const MetricsSchema = {
  description: 'Metrics',
  content: {
    'text/plain': {
      schema: Type.String({ examples: ['# HELP runonce_runs_running Runs in progress\n# TYPE runonce_runs_running gauge\nrunonce_runs_running 2\n'] })
    }
  }
}

export function addMetricsRoute (app: FastifyInstance, metrics: ServiceMetrics): void {
  app.get('/metrics', {
    // Metrics are public in the network of the service, but web pages must not read them.
    config: { cors: false },
    schema: { summary: 'Get metrics for Prometheus', tags: ['status'], response: { 200: MetricsSchema } }
  }, async (_request, reply) => await reply.type(metrics.contentType).send(await metrics.text()))
}
