import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'

import type { Config } from '../../config/config.js'
import { rateLimited } from '../../errors.js'

/** @throws ServiceError `rate_limit` */
type Limit = (request: FastifyRequest) => Promise<void>

/** undefined: there is none, and no request has to pass it. */
export interface RateLimits {
  /** Before the token is looked at, so that wrong tokens count. */
  byAddress: Limit | undefined
  /** After it, by its name: random tokens must not each get an allowance of their own. */
  byToken: Limit | undefined
}

/** @param redis an ioredis client that several services share; undefined: each counts for itself */
export async function addRateLimits (app: FastifyInstance, config: Config['rateLimit'], redis: unknown): Promise<RateLimits> {
  await app.register(rateLimit, {
    global: false,
    timeWindow: config.windowMs,
    // A store that is down must not take the service down with it.
    skipOnError: true,
    ...(redis === undefined ? {} : { redis, nameSpace: 'runonce-rate-' })
  })
  const limiter = (max: number | undefined, keyGenerator: (request: FastifyRequest) => string): Limit | undefined => {
    if (max === undefined) return undefined
    const check = app.createRateLimit({ max, timeWindow: config.windowMs, keyGenerator })
    return async (request: FastifyRequest) => {
      const verdict = await check(request)
      if (!verdict.isAllowed && verdict.isExceeded) throw rateLimited(Math.max(1, verdict.ttlInSeconds))
    }
  }
  return {
    byAddress: limiter(config.addressMax, (request) => `address:${request.ip}`),
    byToken: limiter(config.tokenMax, (request) => `token:${request.tokenName}`)
  }
}
