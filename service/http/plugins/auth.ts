import { createHash, timingSafeEqual } from 'node:crypto'

import bearerAuth from '@fastify/bearer-auth'
import type { FastifyInstance } from 'fastify'

import type { AccessToken } from '../../config/config.js'
import { wrongToken } from '../../errors.js'

const SCHEME = 'Bearer '
/** RFC 6750, section 3: a challenge has at least one parameter. */
const CHALLENGE = 'Bearer realm="runonce"'

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of the request's token; '' until it is checked. */
    tokenName: string
  }
}

/** Requires one of the tokens, as `X-Access-Token: T` or `Authorization: Bearer T`. Checked before the body is read. */
export async function addAuth (scope: FastifyInstance, tokens: AccessToken[]): Promise<void> {
  const known = tokens.map(({ name, token }) => ({ name, digest: digest(Buffer.from(token)) }))
  scope.decorateRequest('tokenName', '')
  await scope.register(bearerAuth, {
    addHook: false,
    keys: new Set<string>(),
    specCompliance: 'rfc6749',
    verifyErrorLogLevel: 'debug',
    auth: (_key, request) => {
      // Node decodes header values as latin1 (RFC 9110, section 5.5). The plugin's own key argument is trimmed, which would
      // remove the last byte of "à", a no-break space in latin1.
      const sent = digest(Buffer.from((request.raw.headers.authorization ?? '').slice(SCHEME.length).replace(/^ +/, ''), 'latin1'))
      // Compares all tokens, so that the time does not depend on which one matches.
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

/** A digest has one length, so that the time of a comparison does not depend on the token's length. */
function digest (token: Buffer): Buffer {
  return createHash('sha256').update(token).digest()
}
