import type { IncomingMessage } from 'node:http'

import type { FastifyInstance } from 'fastify'

import { invalidRequest } from '../../errors.js'

/** No route matches it. */
const UNROUTABLE = '/*'
/** The scheme and authority of a target in absolute form (RFC 9112, section 3.2.2). */
const SCHEME_AND_AUTHORITY = /^https?:\/\/[^/?#\\]+(?=[/?]|$)/i
/** The methods of the whole service, for `OPTIONS *`. */
const METHODS = 'GET, HEAD, POST, OPTIONS'

/**
 * The path that the router gets for a request target. The router would take any first character for the slash, so that
 * `*metrics` would be `/metrics`, and ignores a fragment: a proxy that denies `/metrics` recognizes neither.
 */
export function routedUrl ({ url = '' }: IncomingMessage): string {
  return originForm(url) ?? UNROUTABLE
}

/** Refuses request targets that name no path. `OPTIONS *` asks for the methods of the whole service (RFC 9110, section 9.3.7). */
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

/** undefined: the target is neither in origin form nor in absolute form, or it has a fragment. */
function originForm (target: string): string | undefined {
  const path = target.replace(SCHEME_AND_AUTHORITY, '')
  if (path.includes('#') || target === '') return undefined
  if (path.startsWith('/')) return path
  return path !== target ? `/${path}` : undefined
}
