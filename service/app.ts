import { randomUUID } from 'node:crypto'

import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'

import type { Config } from './config/config.js'
import { addAuth } from './http/plugins/auth.js'
import { addBodyParser, refuseCompressed } from './http/plugins/body-parser.js'
import { addCodeRoutes, addLanguagesRoute } from './http/compat/run-user-code.js'
import { addDocsOf, addOpenApi } from './http/plugins/openapi.js'
import { addErrorHandling, answerClientError, answerFrameworkError } from './http/plugins/errors.js'
import { addRateLimits } from './http/plugins/rate-limit.js'
import { addRunRoute } from './http/routes/run.js'
import { addMetricsRoute, addStatusRoutes, addVersionRoute, countAnswers, type About } from './http/routes/health.js'
import { validationError } from './protocol/payload-check.js'
import type { EngineStatus, Images, Readiness, Runs, ServiceMetrics } from './runs/ports.js'

/** A client that takes longer to send its headers, or its whole request, is cut off. Milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
const STALLED_CHECK_MS = 2_000

export interface AppParts {
  about: About
  config: Pick<Config, 'tokens' | 'run' | 'rateLimit' | 'docs' | 'metrics'>
  logger: FastifyBaseLogger
  engine: EngineStatus
  images: Images
  runs: Runs
  readiness: Readiness
  /** undefined: nothing is counted, and there is no /metrics. */
  metrics?: ServiceMetrics | undefined
  /** An ioredis client for the rate limits, where they are shared. */
  redis?: unknown
}

/** The HTTP application: plugins and routes, no I/O of its own. */
export async function buildApp (parts: AppParts): Promise<FastifyInstance> {
  const { about, config, metrics } = parts
  const app = newApp(parts)
  addBodyParser(app)
  await addOpenApi(app, about, config.docs.on && config.docs.port === undefined)
  const limits = await addRateLimits(app, config.rateLimit, parts.redis)

  if (metrics !== undefined) countAnswers(app, metrics)
  if (metrics !== undefined && config.metrics.port === undefined) addMetricsRoute(app, metrics)
  addStatusRoutes(app, parts)
  addLanguagesRoute(app, parts)
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, security: [{ bearer: [] }, { accessToken: [] }] } as object
    })
    if (limits.byAddress !== undefined) scope.addHook('onRequest', limits.byAddress)
    await addAuth(scope, config.tokens)
    if (limits.byToken !== undefined) scope.addHook('onRequest', limits.byToken)
    refuseCompressed(scope)
    addVersionRoute(scope, parts)
    addRunRoute(scope, parts)
    addCodeRoutes(scope, { ...parts, codeBytes: config.run.codeBytes })
  })
  return app
}

/**
 * The applications of the routes that were moved to ports of their own, by port: one for each, and routes of the same port
 * in the same.
 * @param main whose routes the documentation is of
 */
export async function buildSideApps (parts: AppParts, main: FastifyInstance): Promise<Map<number, FastifyInstance>> {
  const { config: { docs, metrics }, metrics: figures } = parts
  const apps = new Map<number, FastifyInstance>()
  const appAt = (port: number): FastifyInstance => {
    const app = apps.get(port) ?? newApp(parts)
    apps.set(port, app)
    return app
  }
  if (figures !== undefined && metrics.port !== undefined) addMetricsRoute(appAt(metrics.port), figures)
  if (docs.on && docs.port !== undefined) {
    await main.ready()
    await addDocsOf(appAt(docs.port), main.swagger())
  }
  return apps
}

function newApp ({ config, logger }: AppParts): FastifyInstance {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: config.run.payloadBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: STALLED_CHECK_MS },
    clientErrorHandler: answerClientError,
    frameworkErrors: answerFrameworkError,
    // While stopping, the admission refuses runs with our own error body; the rest goes on answering.
    return503OnClosing: false,
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false, allowUnionTypes: true } },
    schemaErrorFormatter: (errors, where) => validationError(errors, where === 'body' ? '' : where)
  })
  // The schemas describe the answers; what the runner wrote goes out as it is.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    done()
  })
  addErrorHandling(app, config.run.payloadBytes)
  return app
}

/** The client's own id where it is one that logs can carry, else a new one. */
function requestId (sent: string | string[] | undefined): string {
  return typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID()
}
