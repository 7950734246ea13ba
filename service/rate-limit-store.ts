interface Log {
  info: (message: string) => void
  error: (details: object, message: string) => void
}

/** A slow or unreachable store must not delay requests. If Redis does not respond in time, the request is not limited. */
const OPTIONS = { connectTimeout: 500, commandTimeout: 500, maxRetriesPerRequest: 1, enableOfflineQueue: false }

/**
 * Connects to the Redis server for shared rate limits and results. Logs one line when Redis stops responding and one when it responds again.
 * @see service/http/plugins/rate-limit.ts, which disables the limits when the client reports an error
 * @see service/http/compat/judge0/store.ts, which reports the error
 */
export async function connectRateLimitStore (url: string, log: Log) {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, OPTIONS)
  let down = false
  const lost = ({ message }: Error) => {
    if (!down) log.error({ reason: message }, 'redis does not respond: rate limits are off and submissions are refused until it does')
    down = true
  }
  redis.on('error', lost)
  redis.on('ready', () => {
    if (down) log.info('redis responds again: rate limits are on and submissions are accepted')
    down = false
  })
  const sendCommand = redis.sendCommand.bind(redis)
  redis.sendCommand = (command, stream) => {
    command.promise.catch((error: Error) => {
      if (down || error.message !== 'Command timed out') return
      lost(error)
      // Until the new connection is ready, commands fail immediately instead of after the timeout.
      redis.disconnect(true)
    })
    return sendCommand(command, stream)
  }
  return redis
}
