import type { IncomingMessage, ServerResponse } from 'node:http'

import type { FastifyInstance } from 'fastify'

import { expectationFailed, invalidRequest, type ServiceError } from '../../errors.js'

/** Disables Node's check of the Host header, because Node's error response has neither a body nor a request ID. */
export const SERVER_OPTIONS = { requireHostHeader: false }

/** Rejects invalid headers that a proxy and the service could interpret differently (RFC 9112). */
export function refuseInvalidHeaders (app: FastifyInstance): void {
  const unmetExpectations = new WeakSet<IncomingMessage>()
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    unmetExpectations.add(request)
    app.server.emit('request', request, response)
  })
  app.addHook('onRequest', ({ raw }, reply, done) => {
    const error = hostError(raw) ?? transferCodingError(raw) ?? (unmetExpectations.has(raw) ? expectationFailed() : undefined)
    // The start of the next request on this connection is uncertain.
    if (error !== undefined) void reply.header('connection', 'close')
    done(error)
  })
}

/** Checks that a request has exactly one Host header, which is optional in HTTP/1.0 (RFC 9112, section 3.2). */
function hostError ({ httpVersion, rawHeaders }: IncomingMessage): ServiceError | undefined {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length
  if (hosts === 1 || (hosts === 0 && httpVersion === '1.0')) return undefined
  return invalidRequest(`A request must have one Host header, but this one has ${hosts}`)
}

/** Checks that the transfer coding is `chunked`. Node does not decode other codings. */
function transferCodingError ({ headers }: IncomingMessage): ServiceError | undefined {
  const coding = headers['transfer-encoding']
  if (coding === undefined || coding.trim().toLowerCase() === 'chunked') return undefined
  return invalidRequest('The only supported Transfer-Encoding is chunked')
}
