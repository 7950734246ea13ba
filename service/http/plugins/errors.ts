import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { internalError, invalidRequest, methodNotAllowed, notFound, ServiceError, tooLarge, wrongMediaType } from '../../errors.js'
import { trackPaths } from './known-paths.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The route pattern of a path that does not support the request's method; '' otherwise. */
    pathPattern: string
  }
}

/** No client sends more than that by mistake. */
const MAX_DISCARDED_BYTES = 256 * 1024 * 1024

/**
 * Responds to every error with `{error, message}`. Unexpected errors become a plain 500; the log has them. A known path is
 * 405 for the methods that it does not support. Call before adding routes.
 */
export function addErrorHandling (app: FastifyInstance, payloadBytes: number): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = toServiceError(error, payloadBytes)
    logError(known, error, request)
    if (known.statusCode === 413) discardRest(request, reply)
    if (known.retryAfterSeconds !== undefined) void reply.header('retry-after', known.retryAfterSeconds)
    return reply.code(known.statusCode).send(known.body)
  })
  refuseUnknownRoutes(app)
}

/** A refusal (503) is the service at its limits, and no error of its code: it has no stack worth a look. */
function logError (known: ServiceError, original: Error, { log }: FastifyRequest): void {
  const { statusCode, slug, message } = known
  if (statusCode === 503) log.warn({ slug, reason: message }, 'run refused')
  else if (statusCode >= 500) log.error({ err: known.cause ?? original, slug }, 'request failed')
}

function refuseUnknownRoutes (app: FastifyInstance): void {
  const find = trackPaths(app)
  app.decorateRequest('pathPattern', '')
  // Before the body is read: the token was not checked.
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) {
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
    void reply.header('allow', found.methods.join(', '))
    done(methodNotAllowed(path, found.methods))
  })
  // CONNECT never reaches Fastify: Node emits it as an event, and no longer handles the socket.
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

/** Reads and discards the rest of a body that is too large: a client that is still writing when the socket closes gets EPIPE instead of the response. */
function discardRest ({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader('connection')
  let bytes = 0
  raw.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MAX_DISCARDED_BYTES) raw.destroy()
  })
  raw.resume()
}

/** Responds to a URL that the router cannot parse. No hook runs for it. */
export function respondToFrameworkError (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const known = invalidRequest(error.message)
  void reply.code(known.statusCode).header('x-request-id', request.id).send(known.body)
}

/** Responds to bytes that are not an HTTP request, or to a request that arrives too slowly. */
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

/** A response written past Fastify, as the last on its connection. */
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
