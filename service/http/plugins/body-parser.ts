import { isUtf8 } from 'node:buffer'

import type { FastifyInstance } from 'fastify'

import { compressedBody, invalidRequest } from '../../errors.js'
import { complexityError } from '../../protocol/json-scanner.js'

const BYTE_ORDER_MARK = Buffer.from('\ufeff')

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as the client sent it, without a byte order mark; null until it is read. */
    rawBody: Buffer | null
  }
}

/**
 * Parses JSON bodies, and keeps their bytes for payloads that are passed on unchanged. A member `__proto__` needs no
 * special care: JSON.parse creates an own property, and nothing copies it by assignment.
 */
export function addBodyParser (app: FastifyInstance): void {
  app.decorateRequest('rawBody', null)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(/^application\/([\w.-]+\+)?json(\s*;|$)/, { parseAs: 'buffer' }, (request, sent: Buffer, done) => {
    const body = withoutByteOrderMark(sent)
    request.rawBody = body
    try {
      done(null, parse(body))
    } catch (error) {
      done(error as Error)
    }
  })
}

/** Refuses compressed bodies before they are read. Call after `addAuth`. */
export function refuseCompressed (scope: FastifyInstance): void {
  scope.addHook('onRequest', (request, reply, done) => {
    const encoding = request.headers['content-encoding']
    if (encoding === undefined || encoding.split(',').every((coding) => /^\s*(identity)?\s*$/i.test(coding))) {
      done()
      return
    }
    // RFC 9110, section 12.5.3: a 415 lists the supported encodings.
    void reply.header('accept-encoding', 'identity')
    done(compressedBody())
  })
}

/** RFC 8259, section 8.1: a parser may ignore a byte order mark. */
function withoutByteOrderMark (body: Buffer): Buffer {
  return body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? body.subarray(BYTE_ORDER_MARK.length) : body
}

/** @throws ServiceError `request.invalid` */
function parse (body: Buffer): unknown {
  if (body.length === 0) throw invalidRequest('The body is empty; it must be a JSON object')
  if (!isUtf8(body)) throw invalidRequest('The body is not UTF-8')
  const complexity = complexityError(body)
  if (complexity !== undefined) throw invalidRequest(`The body ${complexity}`)
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw invalidRequest(`The body is not JSON: ${(error as Error).message}`)
  }
}
