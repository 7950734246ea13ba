import type { FastifyInstance } from 'fastify'

import type { EngineStatus, Readiness, ServiceMetrics } from '../../runs/ports.js'
import { errorAnswers, VersionSchema } from '../../protocol/payload.js'
import {
  AboutSchema, DegradedSchema, FiguresSchema, HealthySchema, LivenessSchema, NotReadySchema, ReadySchema
} from './status-schemas.js'

export interface About {
  name: string
  version: string
  description: string
}

interface StatusParts {
  about: About
  engine: EngineStatus
  readiness: Readiness
}

/** What the service is and how it stands; no token needed. */
export function addStatusRoutes (app: FastifyInstance, { about, engine, readiness }: StatusParts): void {
  app.get('/', { schema: { summary: 'What this service is', tags: ['status'], response: { 200: AboutSchema } } }, async () => about)

  app.get('/livez', { schema: { summary: 'The process answers', tags: ['status'], response: { 200: LivenessSchema } } }, async () => ({ alive: true }))

  app.get('/readyz', {
    schema: { summary: 'It can take runs', tags: ['status'], response: { 200: ReadySchema, 503: NotReadySchema } }
  }, async (_request, reply) => {
    const reason = await readiness.notReady()
    const pool = readiness.pool()
    return reply.code(reason === undefined ? 200 : 503).send(reason === undefined ? { ready: true, pool } : { ready: false, reason, pool })
  })

  app.get('/api/health', {
    schema: { summary: 'The engine answers', tags: ['status'], response: { 200: HealthySchema, 503: DegradedSchema } }
  }, async (_request, reply) => {
    const healthy = await engine.ping().then(() => true, () => false)
    return reply.code(healthy ? 200 : 503).send({
      status: healthy ? 'ok' : 'degraded',
      service: 'code-execution',
      timestamp: new Date().toISOString()
    })
  })
}

/** Counts every answer. */
export function countAnswers (app: FastifyInstance, metrics: ServiceMetrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    metrics.answered(request.method, request.is404 ? request.pathPattern : request.routeOptions.url ?? '', reply.statusCode)
    done()
  })
}

/** Figures for Prometheus, without a token. */
export function addMetricsRoute (app: FastifyInstance, metrics: ServiceMetrics): void {
  app.get('/metrics', { schema: { summary: 'Figures for Prometheus', tags: ['status'], response: { 200: FiguresSchema } } }, async (_request, reply) =>
    await reply.type(metrics.contentType).send(await metrics.text()))
}

/** The ops health check: the engine's version. Needs a token. */
export function addVersionRoute (scope: FastifyInstance, { about, engine }: StatusParts): void {
  scope.get('/version', {
    schema: { summary: 'The engine\'s version and ours', tags: ['status'], response: { 200: VersionSchema, ...errorAnswers(401, 429, 500) } }
  }, async () => ({ docker: await engine.version(), runonce: { version: about.version } }))
}
