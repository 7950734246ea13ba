import { randomUUID } from 'node:crypto'

import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'

import type { Config } from './config/config.js'
import { addErrorHandling, respondToClientError, respondToFrameworkError } from './http/plugins/errors.js'
import { refuseInvalidHeaders, SERVER_OPTIONS } from './http/plugins/request-headers.js'
import { refuseInvalidTargets, routedUrl } from './http/plugins/request-target.js'
import { addResponseMetrics } from './http/plugins/response-metrics.js'
import { addServerTiming } from './http/plugins/server-timing.js'
import { validationError } from './http/plugins/validation.js'
import type { ServiceMetrics } from './runs/status-ports.js'

/** Time limits for receiving the headers and the whole request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
const TIMEOUT_CHECK_MS = 2_000

interface AppOptions {
  config: Pick<Config, 'run' | 'rateLimit'>
  logger: FastifyBaseLogger
}

/**
 * Creates an application without routes, with the error handling and the limits of all applications of the service.
 * @param counted if present, counts the responses of the application
 */
export function newApp ({ config, logger }: AppOptions, counted?: ServiceMetrics): FastifyInstance {
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
