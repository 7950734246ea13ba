import { Redis } from 'ioredis'

/** A request must not wait for a Redis that does not respond. */
const REQUEST_OPTIONS = { connectTimeout: 2000, commandTimeout: 2000, maxRetriesPerRequest: 0, enableOfflineQueue: false, autoResendUnfulfilledCommands: false }
/** Workers wait for Redis: a result must not be lost because Redis restarts. */
const WORKER_OPTIONS = { connectTimeout: 2000, maxRetriesPerRequest: null }

interface Log {
  info: (message: string) => void
  error: (details: object, message: string) => void
}

/**
 * Connects to Redis for requests. A command fails if Redis does not respond within 2 s. Logs one line when Redis stops responding and
 * one when it responds again.
 */
export function connectForRequests (url: string, log: Log): Redis {
  const redis = new Redis(url, REQUEST_OPTIONS)
  let down = false
  redis.on('error', ({ message }: Error) => {
    if (!down) log.error({ reason: message }, 'redis does not respond: jobs are not available until it does')
    down = true
  })
  redis.on('ready', () => {
    if (down) log.info('redis responds again: jobs are available')
    down = false
  })
  return redis
}

/** Connects to Redis for workers, whose commands wait until Redis responds. The connection for requests logs errors. */
export function connectForWorkers (url: string): Redis {
  const redis = new Redis(url, WORKER_OPTIONS)
  redis.on('error', () => {})
  return redis
}
