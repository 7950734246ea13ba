import { logAvailability, type RedisLogger } from './redis-log.js'

/** A slow or unreachable store must not delay requests. If Redis does not respond in time, the request is not limited. */
const OPTIONS = { connectTimeout: 500, commandTimeout: 500, maxRetriesPerRequest: 1, enableOfflineQueue: false }

/**
 * Connects to the Redis server for shared rate limits and results. Logs one line when Redis stops responding and one when it responds again.
 * @see service/http/plugins/rate-limit.ts, which disables the limits when the client reports an error
 * @see service/http/compat/judge0/store.ts, which reports the error
 */
export async function connectRateLimitStore (url: string, log: RedisLogger) {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, OPTIONS)
  const { isDown, lost } = logAvailability(redis, log, { down: 'rate limits are off and submissions are refused', up: 'rate limits are on and submissions are accepted' })
  const sendCommand = redis.sendCommand.bind(redis)
  redis.sendCommand = (command, stream) => {
    command.promise.catch((error: Error) => {
      if (isDown() || error.message !== 'Command timed out') return
      lost(error)
      // Until the new connection is ready, commands fail immediately instead of after the timeout.
      redis.disconnect(true)
    })
    return sendCommand(command, stream)
  }
  return redis
}
