import { createHash, timingSafeEqual } from 'node:crypto'

import bearerAuth from '@fastify/bearer-auth'
import type { FastifyInstance } from 'fastify'

import type { AccessToken } from '../../config/config.js'
import { wrongToken } from '../../errors.js'

const SCHEME = 'Bearer '
/** A challenge must contain at least one parameter (RFC 6750, section 3). */
const CHALLENGE = 'Bearer realm="runonce"'

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of the access token of the request. The value is '' until the token has been checked. */
    tokenName: string
  }
}

/** Requires a valid token as `X-Access-Token: T` or `Authorization: Bearer T`. The token is checked before the body is read. */
export async function addAuth (scope: FastifyInstance, tokens: AccessToken[]): Promise<void> {
  const known = tokens.map(({ name, token }) => ({ name, digest: digest(Buffer.from(token)) }))
  scope.decorateRequest('tokenName', '')
  await scope.register(bearerAuth, {
    addHook: false,
    keys: new Set<string>(),
    specCompliance: 'rfc6749',
    verifyErrorLogLevel: 'debug',
    auth: (_key, request) => {
      // Node decodes header values as latin1 (RFC 9110, section 5.5). The plugin trims its key argument, which would remove the
      // last byte of "à" because this byte is a no-break space in latin1.
      const sent = digest(Buffer.from((request.raw.headers.authorization ?? '').slice(SCHEME.length).replace(/^ +/, ''), 'latin1'))
      // All tokens are compared so that the time does not depend on which token matches.
      const matches = known.filter((token) => timingSafeEqual(token.digest, sent))
      request.tokenName = matches[0]?.name ?? ''
      return matches.length > 0
    }
  })
  scope.addHook('onRequest', (request, reply, done) => {
    const token = request.headers['x-access-token']
    if (typeof token === 'string' && token !== '') request.raw.headers.authorization = SCHEME + token
    scope.verifyBearerAuth?.(request, reply, (error) => {
      if (error === undefined) {
        done()
        return
      }
      void reply.header('www-authenticate', CHALLENGE)
      done(wrongToken())
    })
  })
}

/** Hashes a token. All digests have the same length, so that the comparison time does not depend on the length of the token. */
function digest (token: Buffer): Buffer {
  return createHash('sha256').update(token).digest()
}
