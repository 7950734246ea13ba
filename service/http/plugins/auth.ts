import { createHash, timingSafeEqual } from 'node:crypto'

import bearerAuth from '@fastify/bearer-auth'
import type { FastifyInstance } from 'fastify'

import type { AccessToken } from '../../config/config.js'
import { wrongToken } from '../../errors.js'

const SCHEME = 'Bearer '

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of the token that the request came with; '' before it was checked. */
    tokenName: string
  }
}

/** Lets in who sends one of the tokens, as `X-Access-Token: T` or `Authorization: Bearer T`, before the body is read. */
export async function addAuth (scope: FastifyInstance, tokens: AccessToken[]): Promise<void> {
  const known = tokens.map(({ name, token }) => ({ name, digest: digest(Buffer.from(token)) }))
  scope.decorateRequest('tokenName', '')
  await scope.register(bearerAuth, {
    addHook: false,
    keys: new Set<string>(),
    specCompliance: 'rfc6749',
    verifyErrorLogLevel: 'debug',
    auth: (_key, request) => {
      // Header values reach us as latin1, whatever the client wrote (RFC 9110, section 5.5). The plugin's key is
      // trimmed, and the last byte of «à» is latin1's no-break space.
      const sent = digest(Buffer.from((request.raw.headers.authorization ?? '').slice(SCHEME.length).replace(/^ +/, ''), 'latin1'))
      // All are compared, so that the time doesn't tell which one was near.
      const matches = known.filter((token) => timingSafeEqual(token.digest, sent))
      request.tokenName = matches[0]?.name ?? ''
      return matches.length > 0
    }
  })
  scope.addHook('onRequest', (request, reply, done) => {
    const token = request.headers['x-access-token']
    if (typeof token === 'string') request.raw.headers.authorization = SCHEME + token
    scope.verifyBearerAuth?.(request, reply, (error) => { done(error === undefined ? undefined : wrongToken()) })
  })
}

/** Equal lengths, so that the comparison's time says nothing of a token's. */
function digest (token: Buffer): Buffer {
  return createHash('sha256').update(token).digest()
}
