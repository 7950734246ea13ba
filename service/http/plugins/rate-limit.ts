import { isIP } from 'node:net'

import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'

import type { Config } from '../../config/config.js'
import { rateLimited } from '../../errors.js'

/** @throws ServiceError `rate_limit` */
type Limit = (request: FastifyRequest) => Promise<void>

/** undefined: there is no such limit. */
export interface RateLimits {
  /** Checked before the token, so that wrong tokens count. */
  byAddress: Limit | undefined
  /** Checked after the token and by its name, so that random tokens get no allowance of their own. */
  byToken: Limit | undefined
}

/** @param redis an ioredis client, for limits that several services share; undefined: each service counts for itself */
export async function addRateLimits (app: FastifyInstance, config: Config['rateLimit'], redis: unknown): Promise<RateLimits> {
  await app.register(rateLimit, {
    global: false,
    timeWindow: config.windowMs,
    // Requests are served while the store is down.
    skipOnError: true,
    ...(redis === undefined ? {} : { redis, nameSpace: 'runonce-rate-' })
  })
  const limiter = (max: number | undefined, keyGenerator: (request: FastifyRequest) => string): Limit | undefined => {
    if (max === undefined) return undefined
    const check = app.createRateLimit({ max, timeWindow: config.windowMs, keyGenerator })
    return async (request: FastifyRequest) => {
      const usage = await check(request)
      if (!usage.isAllowed && usage.isExceeded) throw rateLimited(Math.max(1, usage.ttlInSeconds))
    }
  }
  return {
    byAddress: limiter(config.addressMax, (request) => `address:${addressOf(request, config.ipv6Prefix)}`),
    byToken: limiter(config.tokenMax, (request) => `token:${request.tokenName}`)
  }
}

/** The client's address, or its network where that is IPv6. An IPv4-mapped address is IPv4. */
function addressOf ({ ip, socket }: FastifyRequest, ipv6Prefix: number): string {
  // A trusted proxy may pass on any text that its client sent.
  return normalizeIP(isIP(ip) === 0 ? socket.remoteAddress ?? '' : ip, ipv6Prefix)
}
