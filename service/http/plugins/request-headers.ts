import type { IncomingMessage, ServerResponse } from 'node:http'

import type { FastifyInstance } from 'fastify'

import { expectationFailed, invalidRequest, type ServiceError } from '../../errors.js'

/** Options of Node's server. Its own refusals have neither a body nor a request ID. */
export const SERVER_OPTIONS = { requireHostHeader: false }

/** Refuses headers that break HTTP, by which a proxy and the service could read a request in two ways (RFC 9112). */
export function refuseInvalidHeaders (app: FastifyInstance): void {
  const unmetExpectations = new WeakSet<IncomingMessage>()
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    unmetExpectations.add(request)
    app.server.emit('request', request, response)
  })
  app.addHook('onRequest', ({ raw }, reply, done) => {
    const error = hostError(raw) ?? transferCodingError(raw) ?? (unmetExpectations.has(raw) ? expectationFailed() : undefined)
    // Where the next request begins is uncertain.
    if (error !== undefined) void reply.header('connection', 'close')
    done(error)
  })
}

/** RFC 9112, section 3.2: a request has exactly one Host header; HTTP/1.0 may have none. */
function hostError ({ httpVersion, rawHeaders }: IncomingMessage): ServiceError | undefined {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length
  if (hosts === 1 || (hosts === 0 && httpVersion === '1.0')) return undefined
  return invalidRequest(`A request must have one Host header, but this one has ${hosts}`)
}

/** Node decodes `chunked` and would pass on what another coding left. */
function transferCodingError ({ headers }: IncomingMessage): ServiceError | undefined {
  const coding = headers['transfer-encoding']
  if (coding === undefined || coding.trim().toLowerCase() === 'chunked') return undefined
  return invalidRequest('The only supported Transfer-Encoding is chunked')
}
