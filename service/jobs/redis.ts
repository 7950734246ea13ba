import { Redis } from 'ioredis'

import { logAvailability, type RedisLogger } from '../redis-log.js'

/** A request must not wait for a Redis that does not respond. */
const REQUEST_OPTIONS = { connectTimeout: 2000, commandTimeout: 2000, maxRetriesPerRequest: 0, enableOfflineQueue: false, autoResendUnfulfilledCommands: false }
/** Workers wait for Redis: a result must not be lost because Redis restarts. */
const WORKER_OPTIONS = { connectTimeout: 2000, maxRetriesPerRequest: null }

/**
 * Connects to Redis for requests. A command fails if Redis does not respond within 2 s. Logs one line when Redis stops responding and
 * one when it responds again.
 */
export function connectForRequests (url: string, log: RedisLogger): Redis {
  const redis = new Redis(url, REQUEST_OPTIONS)
  logAvailability(redis, log, { down: 'jobs are not available', up: 'jobs are available' })
  return redis
}

/** Connects to Redis for workers, whose commands wait until Redis responds. The connection for requests logs errors. */
export function connectForWorkers (url: string): Redis {
  const redis = new Redis(url, WORKER_OPTIONS)
  redis.on('error', () => {})
  return redis
}
