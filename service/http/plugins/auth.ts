import bearerAuth from '@fastify/bearer-auth'
import type { FastifyInstance } from 'fastify'

import { wrongToken } from '../../errors.js'

const SCHEME = 'Bearer '
const TOKEN_HEADER = 'x-access-token'
/** A challenge must contain at least one parameter (RFC 6750, section 3). */
const CHALLENGE = 'Bearer realm="runonce"'

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of the access token of the request. The value is '' until the token has been checked. */
    tokenName: string
  }
}

interface AuthOptions {
  basic?: boolean
  header?: string | undefined
  optional?: boolean
}

/** Returns the name of a token, or undefined if it is not valid. */
export type TokenCheck = (token: Buffer) => string | undefined

/**
 * Requires a valid token as `X-Access-Token: T` or `Authorization: Bearer T`. The token is checked before the body is read.
 * @param basic whether the token can also be the user name or the password of the scheme Basic, for clients that can send it only as
 * the user information in a URL. Responses never ask for this scheme, so browsers never send it automatically.
 * @param header the name in lower case of another header that can contain the token
 * @param optional whether a request without a token is accepted; its `tokenName` remains ''
 */
export async function addAuth (scope: FastifyInstance, check: TokenCheck, { basic = false, header, optional = false }: AuthOptions = {}): Promise<void> {
  const tokenHeaders = [TOKEN_HEADER, ...header === undefined ? [] : [header]]
  scope.decorateRequest('tokenName', '')
  await scope.register(bearerAuth, {
    addHook: false,
    keys: new Set<string>(),
    specCompliance: 'rfc6749',
    verifyErrorLogLevel: 'debug',
    auth: (_key, request) => {
      // Node decodes header values as latin1 (RFC 9110, section 5.5). The plugin trims its key argument, which would remove the
      // last byte of "à" because this byte is a no-break space in latin1.
      const name = check(Buffer.from((request.raw.headers.authorization ?? '').slice(SCHEME.length).replace(/^ +/, ''), 'latin1'))
      request.tokenName = name ?? ''
      return name !== undefined
    }
  })
  scope.addHook('onRequest', (request, reply, done) => {
    const token = tokenHeaders.map((name) => request.headers[name]).find((value) => typeof value === 'string' && value !== '')
    if (optional && token === undefined && request.headers.authorization === undefined) {
      done()
      return
    }
    const credentials = basic ? basicCredentials(request.raw.headers.authorization) : undefined
    if (token !== undefined) request.raw.headers.authorization = `${SCHEME}${String(token)}`
    else if (credentials !== undefined) {
      const [user, password] = credentials
      request.raw.headers.authorization = SCHEME + (check(Buffer.from(user, 'latin1')) === undefined ? password : user)
    }
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

/** Returns the user name and password of the scheme Basic, as latin1 like other header values. @see RFC 7617, section 2 */
function basicCredentials (authorization = ''): [user: string, password: string] | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? []
  if (encoded === undefined) return undefined
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString('latin1').split(':')
  return [user, password.join(':')]
}
