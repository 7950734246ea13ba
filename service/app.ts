import { randomUUID } from 'node:crypto'

import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyPluginCallback } from 'fastify'

import type { Config } from './config/config.js'
import type { CompatApi, SharedStore } from './http/compat/compat-api.js'
import { enabledApis } from './http/enabled-apis.js'
import { addAuth, type TokenCheck } from './http/plugins/auth.js'
import { addBodyParser, refuseCompressed } from './http/plugins/body-parser.js'
import { addCors } from './http/plugins/cors.js'
import { addErrorHandling, respondToClientError, respondToFrameworkError } from './http/plugins/errors.js'
import { addDocsOf, addOpenApi, documentToken, type About } from './http/plugins/openapi.js'
import { addPlayground } from './http/plugins/playground.js'
import { addRateLimits, type RateLimits } from './http/plugins/rate-limit.js'
import { refuseInvalidHeaders, SERVER_OPTIONS } from './http/plugins/request-headers.js'
import { refuseInvalidTargets, routedUrl } from './http/plugins/request-target.js'
import { addResponseMetrics } from './http/plugins/response-metrics.js'
import { addServerTiming } from './http/plugins/server-timing.js'
import { validationError } from './http/plugins/validation.js'
import { addWebSockets } from './http/plugins/web-sockets.js'
import { addAboutRoute } from './http/routes/about.js'
import { addHealthRoutes } from './http/routes/health.js'
import { addInteractiveRoute } from './http/routes/interactive.js'
import { addJobRoutes } from './http/routes/jobs.js'
import { addLanguagesRoute } from './http/routes/languages.js'
import { addMetricsRoute } from './http/routes/metrics.js'
import { addRunRoute } from './http/routes/run.js'
import { addVersionRoute } from './http/routes/version.js'
import type { Callbacks, Jobs } from './runs/job-ports.js'
import type { EngineStatus, Images, Runs } from './runs/ports.js'
import type { Readiness, ServiceMetrics } from './runs/status-ports.js'
import type { Tokens } from './runs/token-ports.js'

/** Time limits for receiving the headers and the whole request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
const TIMEOUT_CHECK_MS = 2_000

export interface AppParts {
  about: About
  config: Pick<Config, 'jobs' | 'compat' | 'run' | 'container' | 'admission' | 'rateLimit' | 'docs' | 'metrics' | 'cors'>
  logger: FastifyBaseLogger
  tokens: Tokens
  engine: EngineStatus
  images: Images
  runs: Runs
  readiness: Readiness
  /** If undefined, the routes for jobs return `jobs.unavailable`. */
  jobs?: Jobs | undefined
  /** If undefined, results are not sent to URLs that clients name. */
  callbacks?: Callbacks | undefined
  /** If undefined, metrics are not collected and `/metrics` does not exist. */
  metrics?: ServiceMetrics | undefined
  /** If undefined, traces are not sent. */
  tracing?: { plugin: FastifyPluginCallback } | undefined
  /** The ioredis client for rate limits and results that several services share. */
  redis?: SharedStore | undefined
  /** Aborts when the service shuts down, with the error for the clients of interactive runs as its reason. */
  stopping: AbortSignal
}

/** Builds the HTTP application from its plugins and routes. Performs no I/O. */
export async function buildApp (parts: AppParts): Promise<FastifyInstance> {
  const { about, config, metrics } = parts
  const app = newApp(parts, metrics)
  if (parts.tracing !== undefined) await app.register(parts.tracing.plugin)
  if (config.jobs.mode === 'worker') {
    addStatusRoutes(app, parts)
    return app
  }
  await addCors(app, config.cors.origins)
  addBodyParser(app)
  const servesDocs = config.docs.on && config.docs.port === undefined
  await addOpenApi(app, about, servesDocs)
  if (servesDocs) await addPlayground(app)
  await addRateLimits(app, config.rateLimit, parts)
  const limits = app.rateLimits
  const checkToken: TokenCheck = (token) => parts.tokens.nameOf(token)
  await addWebSockets(app, { maxMessageBytes: config.run.payloadBytes })

  await app.register(async (scope) => {
    await requireToken(scope, checkToken, limits, { basic: false })
    addRunRoute(scope, parts)
    addVersionRoute(scope, parts)
  })
  await app.register(async (scope) => {
    await requireToken(scope, checkToken, limits, { basic: false })
    addJobRoutes(scope, parts)
  })
  const apis = enabledApis(config.compat.apis)
  for (const api of apis) {
    await app.register(async (scope) => {
      await requireToken(scope, checkToken, limits, { basic: true, header: api.tokenHeader })
      api.addRoutes(scope, parts)
    })
  }
  await app.register(async (scope) => {
    documentToken(scope, { basic: false })
    if (limits.byAddress !== undefined) scope.addHook('onRequest', limits.byAddress)
    // Browsers cannot set the headers of a WebSocket, so its first message can contain the token.
    await addAuth(scope, checkToken, { optional: true })
    scope.addHook('onRequest', async (request) => { if (request.tokenName !== '') await limits.byToken?.(request) })
    addInteractiveRoute(scope, { ...parts, checkToken, limits })
  })
  addLanguagesRoute(app, parts)
  addStatusRoutes(app, parts)
  addAboutRoute(app, about, apis.map(({ name }) => name))
  return app
}

/** Adds the only routes of a service that only runs jobs. */
function addStatusRoutes (app: FastifyInstance, parts: AppParts): void {
  const { config, metrics } = parts
  addHealthRoutes(app, parts)
  if (metrics !== undefined && config.metrics.port === undefined) addMetricsRoute(app, metrics)
}

/**
 * Builds the applications for the routes that are served on a separate port. Routes with the same port share an application.
 * @param main the application whose routes are documented
 * @returns the applications by port
 */
export async function buildSideApps (parts: AppParts, main: FastifyInstance): Promise<Map<number, FastifyInstance>> {
  const { config, metrics } = parts
  const apps = new Map<number, FastifyInstance>()
  const appAt = (port: number): FastifyInstance => {
    const app = apps.get(port) ?? newApp(parts, metrics)
    apps.set(port, app)
    return app
  }
  if (metrics !== undefined && config.metrics.port !== undefined) addMetricsRoute(appAt(config.metrics.port), metrics)
  if (config.docs.on && config.docs.port !== undefined && config.jobs.mode === 'all') {
    await main.ready()
    const side = appAt(config.docs.port)
    await addDocsOf(side, main.swagger())
    await addPlayground(side)
    await addPlaygroundApi(side, parts, main.rateLimits)
  }
  return apps
}

/** Adds the routes that the playground uses, because browsers do not allow a page to use another port. */
async function addPlaygroundApi (app: FastifyInstance, parts: AppParts, limits: RateLimits): Promise<void> {
  addBodyParser(app)
  await app.register(async (scope) => {
    await requireToken(scope, (token) => parts.tokens.nameOf(token), limits, { basic: false })
    addRunRoute(scope, parts)
  })
  addLanguagesRoute(app, parts)
}

interface TokenOptions {
  /** Whether the token can also be sent with the scheme Basic. */
  basic: boolean
  /** The additional header that can contain the token. */
  header?: CompatApi['tokenHeader']
}

async function requireToken (scope: FastifyInstance, checkToken: TokenCheck, limits: RateLimits, options: TokenOptions): Promise<void> {
  documentToken(scope, options)
  if (limits.byAddress !== undefined) scope.addHook('onRequest', limits.byAddress)
  await addAuth(scope, checkToken, options)
  if (limits.byToken !== undefined) scope.addHook('onRequest', limits.byToken)
  refuseCompressed(scope)
}

/** @param counted if present, counts the responses of the application */
function newApp ({ config, logger }: AppParts, counted?: ServiceMetrics): FastifyInstance {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: config.run.payloadBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { ...SERVER_OPTIONS, headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
    clientErrorHandler: respondToClientError,
    frameworkErrors: respondToFrameworkError,
    rewriteUrl: routedUrl,
    // `false` and an empty list both trust no proxy, but an empty list costs time for each request.
    trustProxy: config.rateLimit.trustedProxies.length > 0 && config.rateLimit.trustedProxies,
    // During shutdown, admission rejects runs with the documented error body, and the other routes still respond.
    return503OnClosing: false,
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false, allowUnionTypes: true } },
    schemaErrorFormatter: (errors, where) => validationError(errors, where === 'body' ? '' : where)
  })
  // Response schemas are for documentation only. Results are sent exactly as the runner wrote them.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  if (counted !== undefined) addResponseMetrics(app, counted)
  addServerTiming(app)
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    done()
  })
  refuseInvalidHeaders(app)
  refuseInvalidTargets(app)
  addErrorHandling(app, config.run.payloadBytes)
  return app
}

/** Returns the request ID that the client sent if it is safe to log, and a new ID otherwise. */
function requestId (sent: string | string[] | undefined): string {
  return typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID()
}
