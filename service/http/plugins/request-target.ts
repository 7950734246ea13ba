import type { IncomingMessage } from 'node:http'

import type { FastifyInstance } from 'fastify'

import { invalidRequest } from '../../errors.js'

/** A path that does not match any route. */
const UNROUTABLE = '/*'
/** Matches the scheme and authority of a target in absolute form (RFC 9112, section 3.2.2). */
const SCHEME_AND_AUTHORITY = /^https?:\/\/[^/?#\\]+(?=[/?]|$)/i
/** The methods that the service supports, for the response to `OPTIONS *`. */
const METHODS = 'GET, HEAD, POST, DELETE, OPTIONS'

/**
 * Returns the path that the router must use for a request target. The router ignores fragments and treats any first character
 * as a slash: it would accept `*metrics` and `/metrics#x` as `/metrics`, which a proxy that denies `/metrics` does not recognize.
 */
export function routedUrl ({ url = '' }: IncomingMessage): string {
  return originForm(url) ?? UNROUTABLE
}

/**
 * Rejects request targets that do not contain a valid path. `OPTIONS *` requests the methods of the whole service (RFC 9110,
 * section 9.3.7).
 */
export function refuseInvalidTargets (app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (originForm(request.originalUrl) !== undefined) {
      done()
    } else if (request.method === 'OPTIONS' && request.originalUrl === '*') {
      void reply.code(204).header('allow', METHODS).send()
    } else {
      done(invalidRequest('The request target must be a path that begins with "/" and does not contain "#"'))
    }
  })
}

/**
 * Converts a request target to origin form.
 * @returns undefined if the target is neither in origin form nor in absolute form, or contains a fragment
 */
function originForm (target: string): string | undefined {
  const path = target.replace(SCHEME_AND_AUTHORITY, '')
  if (path.includes('#') || target === '') return undefined
  if (path.startsWith('/')) return path
  return path !== target ? `/${path}` : undefined
}
