import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { internalError, invalidRequest, methodNotAllowed, notFound, ServiceError, tooLarge, wrongMediaType } from '../../errors.js'
import { isPreflight, matchesAnyPath } from './cors.js'
import { trackPaths } from './known-paths.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The route pattern if the path exists but has no route for the method of the request, and '' otherwise. */
    pathPattern: string
  }
}

/** Maximum number of bytes of an oversized body that are read and discarded. Larger bodies are unlikely to be accidental. */
const MAX_DISCARDED_BYTES = 256 * 1024 * 1024

/** A response to an error, in the format of an API. */
export interface ErrorResponse {
  status: number
  body: object
}

/**
 * Responds to every error with `{error, message}`. Unexpected errors are logged and return the generic error `internal` (500). A
 * known path returns 405 for methods that it does not support. Must be called before routes are added.
 */
export function addErrorHandling (app: FastifyInstance, payloadBytes: number): void {
  respondToErrors(app, payloadBytes, ({ statusCode, body }) => ({ status: statusCode, body }))
  refuseUnknownRoutes(app)
}

/** Responds to every error of a scope in the format of its API. */
export function respondToErrors (scope: FastifyInstance, payloadBytes: number, format: (error: ServiceError) => ErrorResponse): void {
  scope.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = reportedError(error, request, payloadBytes)
    if (known.statusCode === 413) discardRest(request, reply)
    if (known.retryAfterSeconds !== undefined) void reply.header('retry-after', known.retryAfterSeconds)
    const { status, body } = format(known)
    return reply.code(status).send(body)
  })
}

/** Converts an error to the one that the client receives, and logs it if the service caused it. */
export function reportedError (error: FastifyError, request: FastifyRequest, payloadBytes = 0): ServiceError {
  const known = toServiceError(error, payloadBytes)
  logError(known, error, request)
  return known
}

/** Logs a 5xx error. A 503 response is expected under load, so it is logged as a warning without a stack trace. */
function logError (known: ServiceError, original: Error, { log }: FastifyRequest): void {
  const { statusCode, slug, message } = known
  if (statusCode === 503) log.warn({ slug, reason: message }, 'run refused')
  else if (statusCode >= 500) log.error({ err: known.cause ?? original, slug }, 'request failed')
}

function refuseUnknownRoutes (app: FastifyInstance): void {
  const find = trackPaths(app)
  app.decorateRequest('pathPattern', '')
  // The token has not been checked, so the error is returned before the body is read.
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 && !matchesAnyPath(request)) {
      done()
      return
    }
    const path = pathOf(request.url)
    const found = find(path)
    if (found === undefined) {
      done(notFound(path))
      return
    }
    request.pathPattern = found.pattern
    if (!request.is404 && isPreflight(request)) {
      done()
      return
    }
    void reply.header('allow', found.methods.join(', '))
    done(methodNotAllowed(path, found.methods))
  })
  // A route for files calls this handler if the file does not exist.
  app.setNotFoundHandler(async (request) => { throw notFound(pathOf(request.url)) })
  // CONNECT requests never reach Fastify: Node emits them as an event and stops handling the socket.
  app.server.on('connect', ({ url = '' }: IncomingMessage, socket: Socket) => {
    socket.on('error', () => {})
    const path = pathOf(url)
    const found = find(path)
    const response = found === undefined
      ? rawResponse(404, notFound(path))
      : rawResponse(405, methodNotAllowed(path, found.methods), `Allow: ${found.methods.join(', ')}\r\n`)
    socket.end(response, () => socket.destroy())
  })
}

/**
 * Reads and discards the rest of a body that is too large. If the socket closed while the client was still writing, the client would
 * receive EPIPE instead of the response.
 */
function discardRest ({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader('connection')
  let bytes = 0
  raw.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MAX_DISCARDED_BYTES) raw.destroy()
  })
  raw.resume()
}

/** Responds to a URL that the router cannot parse. Fastify does not run hooks for such a request. */
export function respondToFrameworkError (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const known = invalidRequest(error.message)
  void reply.code(known.statusCode).header('x-request-id', request.id).send(known.body)
}

/** Responds to data that is not a valid HTTP request, and to a request that arrives too slowly. */
export function respondToClientError (error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const known = clientError(error)
  socket.end(rawResponse(known.statusCode, known))
}

function clientError ({ code }: NodeJS.ErrnoException): ServiceError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT': return new ServiceError('requestTimeout', 'The request took too long to arrive')
    case 'HPE_HEADER_OVERFLOW': return new ServiceError('headersTooLarge', 'The headers are too large')
    default: return invalidRequest('Not a valid HTTP request')
  }
}

/** Formats a response that is written directly to the socket and closes the connection. */
function rawResponse (status: number, error: ServiceError, headers = ''): string {
  const body = JSON.stringify(error.body)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers}Content-Type: application/json\r\nX-Request-Id: ${randomUUID()}\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
}

function toServiceError (error: FastifyError, payloadBytes: number): ServiceError {
  if (error instanceof ServiceError) return error
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge(`The body is larger than ${payloadBytes} bytes (RUN_MAX_PAYLOAD_SIZE)`)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return wrongMediaType()
  }
  const status = error.statusCode ?? 500
  return status >= 400 && status < 500 ? invalidRequest(error.message) : internalError(error)
}

function pathOf (url: string): string {
  return url.split('?', 1)[0] ?? url
}
