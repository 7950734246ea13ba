import { isUtf8 } from 'node:buffer'

import type { FastifyInstance } from 'fastify'

import { compressedBody, invalidRequest } from '../../errors.js'
import { complexityError } from '../../protocol/json-scanner.js'

const BYTE_ORDER_MARK = Buffer.from('\ufeff')

declare module 'fastify' {
  interface FastifyRequest {
    /** The bytes of the body as the client sent it, without a byte order mark. The value is null until the body has been read. */
    rawBody: Buffer | null
  }
}

/**
 * Parses JSON bodies and keeps their bytes for payloads that are forwarded unchanged. A member `__proto__` is harmless:
 * JSON.parse creates it as an own property, and it is never copied by assignment.
 */
export function addBodyParser (app: FastifyInstance): void {
  app.decorateRequest('rawBody', null)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(/^application\/([\w.-]+\+)?json(\s*;|$)/, { parseAs: 'buffer' }, (request, sent: Buffer, done) => {
    const body = withoutByteOrderMark(sent)
    request.rawBody = body
    try {
      done(null, parseJson(body))
    } catch (error) {
      done(error as Error)
    }
  })
}

/** Rejects compressed bodies before they are read. Must be called after `addAuth`. */
export function refuseCompressed (scope: FastifyInstance): void {
  scope.addHook('onRequest', (request, reply, done) => {
    const encoding = request.headers['content-encoding']
    if (encoding === undefined || encoding.split(',').every((coding) => /^\s*(identity)?\s*$/i.test(coding))) {
      done()
      return
    }
    // A 415 response lists the supported encodings (RFC 9110, section 12.5.3).
    void reply.header('accept-encoding', 'identity')
    done(compressedBody())
  })
}

/** Removes a byte order mark, which a JSON parser may ignore (RFC 8259, section 8.1). */
function withoutByteOrderMark (body: Buffer): Buffer {
  return body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? body.subarray(BYTE_ORDER_MARK.length) : body
}

/**
 * Parses JSON within the complexity limits.
 * @param what the name of the text in error messages
 * @throws ServiceError `request.invalid`
 */
export function parseJson (text: Buffer, what = 'The body'): unknown {
  if (text.length === 0) throw invalidRequest(`${what} is empty; it must be a JSON object`)
  if (!isUtf8(text)) throw invalidRequest(`${what} is not UTF-8`)
  const complexity = complexityError(text)
  if (complexity !== undefined) throw invalidRequest(`${what} ${complexity}`)
  try {
    return JSON.parse(text.toString('utf8'))
  } catch (error) {
    throw invalidRequest(`${what} is not JSON: ${(error as Error).message}`)
  }
}
