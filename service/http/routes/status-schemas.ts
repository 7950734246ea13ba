import { Type } from 'typebox'

/** What the routes say that need no token. */

export const AboutSchema = Type.Object({
  name: Type.String(), version: Type.String(), description: Type.String()
}, { description: 'What this service is' })

export const LivenessSchema = Type.Object({ alive: Type.Boolean() }, { description: 'It answers' })

const PoolSchema = Type.Object({
  ready: Type.Integer({ description: 'Containers that wait' }),
  images: Type.Array(Type.Object({
    image: Type.String(),
    ready: Type.Integer(),
    starting: Type.Integer(),
    target: Type.Integer({ description: 'How many are wanted' }),
    hits: Type.Integer(),
    misses: Type.Integer(),
    refillMs: Type.Integer(),
    idleBytes: Type.Number()
  }))
}, { description: 'How full the pool is' })

export const ReadySchema = Type.Object({ ready: Type.Literal(true), pool: PoolSchema }, { description: 'It can take runs' })

export const NotReadySchema = Type.Object({
  ready: Type.Literal(false), reason: Type.String(), pool: PoolSchema
}, { description: 'It can not' })

const health = (status: 'ok' | 'degraded', description: string) => Type.Object({
  status: Type.Literal(status),
  service: Type.Literal('code-execution'),
  timestamp: Type.String({ format: 'date-time' })
}, { description })

export const HealthySchema = health('ok', 'The engine answers')
export const DegradedSchema = health('degraded', 'It does not')

export const LanguagesSchema = Type.Object({
  languages: Type.Union([
    Type.Array(Type.String(), { description: 'Names' }),
    Type.Array(Type.Object({
      name: Type.String(), aliases: Type.Array(Type.String()), version: Type.String(), image: Type.String(), hello: Type.String({ description: 'A program that prints a greeting' })
    }), { description: 'With details' })
  ])
}, { description: 'The languages there are' })

/** Prometheus's text format 0.0.4. */
export const FiguresSchema = { description: 'Figures', content: { 'text/plain': { schema: Type.String() } } }
