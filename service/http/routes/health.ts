import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import type { EngineStatus } from '../../runs/ports.js'
import type { Readiness } from '../../runs/status-ports.js'

const PoolSchema = Type.Object({
  ready: Type.Integer({ description: 'Number of containers that wait for a payload' }),
  images: Type.Array(Type.Object({
    image: Type.String(),
    ready: Type.Integer(),
    starting: Type.Integer(),
    target: Type.Integer({ description: 'Desired number of ready containers' }),
    hits: Type.Integer({ description: 'Number of runs in a ready container since the service started' }),
    misses: Type.Integer({ description: 'Number of runs without a ready container since the service started' }),
    refillMs: Type.Integer({ description: 'Moving average of the time to prepare a container, in milliseconds' }),
    idleBytes: Type.Number({ description: 'Memory usage of one ready container in bytes' })
  }))
}, { description: 'The pool of ready containers' })

const POOL_EXAMPLE = {
  ready: 1,
  images: [{ image: 'runonce/python:latest', ready: 1, starting: 0, target: 1, hits: 41, misses: 2, refillMs: 180, idleBytes: 9_437_184 }]
}

const LivenessSchema = Type.Object({ alive: Type.Boolean() }, { description: 'The process responds', examples: [{ alive: true }] })

const ReadySchema = Type.Object({
  ready: Type.Literal(true), pool: PoolSchema
}, { description: 'The service accepts runs', examples: [{ ready: true, pool: POOL_EXAMPLE }] })

const NotReadySchema = Type.Object({
  ready: Type.Literal(false), reason: Type.String(), pool: PoolSchema
}, { description: 'The service does not accept runs', examples: [{ ready: false, reason: 'The service is shutting down', pool: POOL_EXAMPLE }] })

const health = (status: 'ok' | 'degraded', description: string) => Type.Object({
  status: Type.Literal(status),
  service: Type.Literal('code-execution'),
  timestamp: Type.String({ format: 'date-time' })
}, { description, examples: [{ status, service: 'code-execution', timestamp: '2026-01-31T12:00:00.000Z' }] })

const HealthySchema = health('ok', 'The engine responds')
const DegradedSchema = health('degraded', 'The engine does not respond')

/** Adds the health checks for orchestrators and load balancers. */
export function addHealthRoutes (app: FastifyInstance, { engine, readiness }: { engine: EngineStatus, readiness: Readiness }): void {
  app.get('/livez', {
    schema: { summary: 'Check that the process responds', tags: ['status'], response: { 200: LivenessSchema } }
  }, async () => ({ alive: true }))

  app.get('/readyz', {
    schema: { summary: 'Check that the service accepts runs', tags: ['status'], response: { 200: ReadySchema, 503: NotReadySchema } }
  }, async (_request, reply) => {
    const reason = await readiness.notReady()
    const pool = readiness.pool()
    return reply.code(reason === undefined ? 200 : 503).send(reason === undefined ? { ready: true, pool } : { ready: false, reason, pool })
  })

  app.get('/api/health', {
    schema: { summary: 'Check that the Docker engine responds', tags: ['status'], response: { 200: HealthySchema, 503: DegradedSchema } }
  }, async (_request, reply) => {
    const healthy = await engine.ping().then(() => true, () => false)
    return reply.code(healthy ? 200 : 503).send({
      status: healthy ? 'ok' : 'degraded',
      service: 'code-execution',
      timestamp: new Date().toISOString()
    })
  })
}
