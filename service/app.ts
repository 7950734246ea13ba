import type { FastifyBaseLogger, FastifyInstance, FastifyPluginCallback } from 'fastify'

import type { Config } from './config/config.js'
import type { CompatApi, SharedStore } from './http/compat/compat-api.js'
import { enabledApis } from './http/enabled-apis.js'
import { addAuth, type TokenCheck } from './http/plugins/auth.js'
import { addBodyParser, refuseCompressed } from './http/plugins/body-parser.js'
import { addCors } from './http/plugins/cors.js'
import { addDocsOf, addOpenApi, documentToken, type About } from './http/plugins/openapi.js'
import { addPlayground } from './http/plugins/playground.js'
import { addRateLimits, type RateLimits } from './http/plugins/rate-limit.js'
import { addWebSockets } from './http/plugins/web-sockets.js'
import { addAboutRoute } from './http/routes/about.js'
import { addHealthRoutes } from './http/routes/health.js'
import { addInteractiveRoute } from './http/routes/interactive.js'
import { addJobRoutes } from './http/routes/jobs.js'
import { addLanguagesRoute } from './http/routes/languages.js'
import { addMetricsRoute } from './http/routes/metrics.js'
import { addRunRoute } from './http/routes/run.js'
import { addVersionRoute } from './http/routes/version.js'
import { newApp } from './new-app.js'
import type { Callbacks, Jobs } from './runs/job-ports.js'
import type { EngineStatus, Images, Runs } from './runs/ports.js'
import type { Readiness, ServiceMetrics } from './runs/status-ports.js'
import type { Tokens } from './runs/token-ports.js'

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
  const checkToken = tokenCheckOf(parts)
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
  await app.register(async (scope) => await addInteractiveScope(scope, parts, limits))
  addLanguagesRoute(app, parts)
  addStatusRoutes(app, parts)
  addAboutRoute(app, about, apis.map(({ name }) => name))
  return app
}

/** Adds the route of interactive runs. Browsers cannot set the headers of a WebSocket, so its first message can contain the token. */
async function addInteractiveScope (scope: FastifyInstance, parts: AppParts, limits: RateLimits): Promise<void> {
  const checkToken = tokenCheckOf(parts)
  documentToken(scope, { basic: false })
  if (limits.byAddress !== undefined) scope.addHook('onRequest', limits.byAddress)
  await addAuth(scope, checkToken, { optional: true })
  scope.addHook('onRequest', async (request) => { if (request.tokenName !== '') await limits.byToken?.(request) })
  addInteractiveRoute(scope, { ...parts, checkToken, limits })
}

function tokenCheckOf ({ tokens }: AppParts): TokenCheck {
  return (token) => tokens.nameOf(token)
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
    await requireToken(scope, tokenCheckOf(parts), limits, { basic: false })
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
