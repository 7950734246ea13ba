import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { invalidRequest, methodNotAllowed, notFound, ServiceError, tooLarge, wrongMediaType } from '../errors.js'

/** More than that is nobody's mistake. */
const MOST_DISCARDED_BYTES = 256 * 1024 * 1024
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const

/** Answers every error as `{error, message}`; whatever isn't ours to tell becomes a plain 500 and stands in the log. */
export function addErrorHandling (app: FastifyInstance, payloadBytes: number): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = toServiceError(error, payloadBytes)
    if (known.statusCode >= 500) request.log.error({ err: known.cause ?? error, slug: known.slug }, 'request failed')
    if (known.statusCode === 413) discardRest(request, reply)
    if (known.retryAfterSeconds !== undefined) void reply.header('retry-after', known.retryAfterSeconds)
    return reply.code(known.statusCode).send({ error: known.slug, message: known.message, ...known.details })
  })
  // Before the body is read: nobody has said who sends it.
  app.addHook('onRequest', async (request) => { if (request.is404) throw notFound(pathOf(request.url)) })
}

/**
 * Takes what is left of a body that is too large, and throws it away: a client that still writes when the socket closes
 * sees a broken pipe, and not the answer.
 */
function discardRest ({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader('connection')
  let bytes = 0
  raw.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MOST_DISCARDED_BYTES) raw.destroy()
  })
  raw.resume()
}

/** Gives every path of ours an answer for the methods that it doesn't take. Call before the routes, await `ready` after. */
export function addMethodNotAllowed (app: FastifyInstance): () => void {
  const taken = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = taken.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    taken.set(url, methods)
  })
  return () => {
    for (const [url, methods] of [...taken]) {
      const allowed = [...methods]
      const missing = METHODS.filter((method) => !methods.has(method))
      if (missing.length === 0 || url.startsWith('/docs')) continue
      app.route({
        method: [...missing],
        url,
        schema: { hide: true } as object,
        onRequest: async (request, reply) => {
          void reply.header('allow', allowed.join(', '))
          throw methodNotAllowed(pathOf(request.url), allowed)
        },
        handler: async () => {}
      })
    }
  }
}

/** The answer to a URL that the router can't read; no hook has seen it. */
export function answerFrameworkError (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const known = invalidRequest(error.message)
  void reply.code(known.statusCode).header('x-request-id', request.id).send({ error: known.slug, message: known.message })
}

/** The answer to bytes that are no HTTP request, or one that comes too slowly. */
export function answerClientError (error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, reason, slug, message] = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
    ? [408, 'Request Timeout', 'request.timeout', 'The request took too long to arrive']
    : error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large', 'request.too_large', 'The headers are too large']
      : [400, 'Bad Request', 'request.invalid', 'This is no HTTP request']
  const body = JSON.stringify({ error: slug, message })
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nX-Request-Id: ${randomUUID()}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`)
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
  if (status >= 400 && status < 500) return invalidRequest(error.message)
  return new ServiceError(500, 'internal', 'Something went wrong inside the service; its log says what', { cause: error })
}

function pathOf (url: string): string {
  return url.split('?', 1)[0] ?? url
}
