import { isIP } from 'node:net'

import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'

import type { Config } from '../../config/config.js'
import { rateLimited } from '../../errors.js'
import type { Tokens } from '../../runs/token-ports.js'

/** Counts a request. @throws ServiceError `rate_limit` if the request exceeds the limit */
type Limit = (request: FastifyRequest) => Promise<void>

declare module 'fastify' {
  interface FastifyInstance {
    /** The limits of the application, which applications on separate ports share. */
    rateLimits: RateLimits
  }
}

/** The rate limits. A limit that is not configured is undefined. */
export interface RateLimits {
  /** Checked before the token, so that requests with wrong tokens are counted. */
  byAddress: Limit | undefined
  /** Checked after the token and counted by its name, so that random tokens do not have a separate limit. */
  byToken: Limit | undefined
}

interface LimitParts {
  tokens: Pick<Tokens, 'policyOf' | 'hasPolicies'>
  /** The ioredis client for limits that several services share; if undefined, each service counts separately. */
  redis?: unknown
}

/** Creates the rate limits and adds them to the application as `rateLimits`. */
export async function addRateLimits (app: FastifyInstance, config: Config['rateLimit'], { tokens, redis }: LimitParts): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    timeWindow: config.windowMs,
    // Requests are accepted while the store is not available.
    skipOnError: true,
    ...(redis === undefined ? {} : { redis, nameSpace: 'runonce-rate-' })
  })
  const limiter = (options: Parameters<typeof app.createRateLimit>[0]): Limit => {
    const check = app.createRateLimit({ timeWindow: config.windowMs, ...options })
    return async (request: FastifyRequest) => {
      const usage = await check(request)
      if (!usage.isAllowed && usage.isExceeded) throw rateLimited(Math.max(1, usage.ttlInSeconds))
    }
  }
  const { addressMax, tokenMax } = config
  app.decorate('rateLimits', {
    byAddress: addressMax === undefined ? undefined : limiter({ max: addressMax, keyGenerator: (request) => `address:${addressOf(request, config.ipv6Prefix)}` }),
    byToken: tokenMax === undefined && !tokens.hasPolicies ? undefined : limiter(tokenLimit(config, tokens))
  })
}

/** Returns the options for a limit that is counted for each token. The limit of the token replaces that of the service. */
function tokenLimit ({ tokenMax, windowMs }: Config['rateLimit'], tokens: LimitParts['tokens']) {
  const rateOf = ({ tokenName }: FastifyRequest) => tokens.policyOf(tokenName)?.rate ?? { requests: tokenMax, windowMs }
  return {
    allowList: (request: FastifyRequest) => rateOf(request).requests === undefined,
    max: (request: FastifyRequest) => rateOf(request).requests ?? 0,
    timeWindow: (request: FastifyRequest) => rateOf(request).windowMs,
    keyGenerator: ({ tokenName }: FastifyRequest) => `token:${tokenName}`
  }
}

/** Returns the IPv4 address or the IPv6 network of the client. An IPv4-mapped IPv6 address counts as IPv4. */
function addressOf ({ ip, socket }: FastifyRequest, ipv6Prefix: number): string {
  // A trusted proxy may forward arbitrary text from its client.
  return normalizeIP(isIP(ip) === 0 ? socket.remoteAddress ?? '' : ip, ipv6Prefix)
}
