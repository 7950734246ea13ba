import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { invalidRequest, methodNotAllowed, notFound, ServiceError, tooLarge, wrongMediaType } from '../../errors.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The pattern of a path that does not take the request's method; '' otherwise. */
    pathPattern: string
  }
}

/** How long a client that asked for a tunnel may take to read that there is none. Milliseconds. */
const TUNNEL_MS = 1_000
/** More than that is nobody's mistake. */
const MOST_DISCARDED_BYTES = 256 * 1024 * 1024

/**
 * Answers every error as `{error, message}`; whatever isn't ours to tell becomes a plain 500 and stands in the log. A path of ours
 * has an answer for every method. Call before the routes.
 */
export function addErrorHandling (app: FastifyInstance, payloadBytes: number): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = toServiceError(error, payloadBytes)
    if (known.statusCode >= 500) request.log.error({ err: known.cause ?? error, slug: known.slug }, 'request failed')
    if (known.statusCode === 413) discardRest(request, reply)
    if (known.retryAfterSeconds !== undefined) void reply.header('retry-after', known.retryAfterSeconds)
    return reply.code(known.statusCode).send(known.body)
  })
  const find = knownPaths(app)
  app.decorateRequest('pathPattern', '')
  // Before the body is read: nobody has said who sends it.
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
  // Node gives this method to nobody else: it asks for a tunnel.
  app.server.on('connect', ({ url = '' }: IncomingMessage, socket: Socket) => {
    // Node has let go of the socket: its errors, its time and what else comes are ours.
    const longest = setTimeout(() => socket.destroy(), TUNNEL_MS)
    socket.resume().on('error', () => socket.destroy()).once('close', () => clearTimeout(longest))
    const path = pathOf(url)
    const found = find(path)
    if (found === undefined) answerRaw(socket, 404, notFound(path))
    else answerRaw(socket, 405, methodNotAllowed(path, found.methods), `Allow: ${found.methods.join(', ')}\r\n`)
  })
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

/** What is at a path, for the methods that it doesn't take: its pattern, and the methods that it takes. */
type Findings = { pattern: string, methods: string[] } | undefined

/** Knows the routes that come after this call. */
function knownPaths (app: FastifyInstance): (path: string) => Findings {
  const taken = new Map<string, { matches: RegExp, methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = taken.get(url) ?? { matches: matcherOf(url), methods: new Set<string>() }
    // Fastify makes HEAD routes of those for GET, and tells of some by them alone.
    for (const one of [method].flat().flatMap((each) => each === 'HEAD' ? ['GET', each] : [each])) known.methods.add(one)
    taken.set(url, known)
  })
  return (path) => {
    const found = [...taken].filter(([, { matches }]) => matches.test(decoded(path)))
    const [first] = found
    return first && { pattern: first[0], methods: [...new Set(found.flatMap(([, { methods }]) => [...methods]))] }
  }
}

/** find-my-way's patterns, as far as our routes use them. */
function matcherOf (pattern: string): RegExp {
  const source = pattern.split('/').map((part) => part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${source.join('/')}$`)
}

function decoded (path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** The answer to a URL that the router can't read; no hook has seen it. */
export function answerFrameworkError (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const known = invalidRequest(error.message)
  void reply.code(known.statusCode).header('x-request-id', request.id).send(known.body)
}

/** The answer to bytes that are no HTTP request, or one that comes too slowly. */
export function answerClientError (error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, slug, message] = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
    ? [408, 'request.timeout', 'The request took too long to arrive'] as const
    : error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'request.too_large', 'The headers are too large'] as const
      : [400, 'request.invalid', 'This is no HTTP request'] as const
  answerRaw(socket, status, { slug, message })
}

/** An answer past Fastify, after which the connection is closed. */
function answerRaw (socket: Socket, status: number, { slug, message }: { slug: string, message: string }, headers = ''): void {
  const body = JSON.stringify({ error: slug, message })
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers}Content-Type: application/json\r\nX-Request-Id: ${randomUUID()}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`)
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
