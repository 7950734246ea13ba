interface Log {
  info: (message: string) => void
  error: (details: object, message: string) => void
}

/** A slow or missing store must not delay requests: without a response in time, the request is not limited. */
const OPTIONS = { connectTimeout: 500, commandTimeout: 500, maxRetriesPerRequest: 1, enableOfflineQueue: false }

/**
 * The Redis client of the shared rate limits. Logs once when Redis stops responding, and when it responds again.
 * @see service/http/plugins/rate-limit.ts, where errors of the client switch the limits off
 */
export async function connectRateLimitStore (url: string, log: Log) {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, OPTIONS)
  let down = false
  const lost = ({ message }: Error) => {
    if (!down) log.error({ reason: message }, 'redis does not respond: rate limits are off until it does')
    down = true
  }
  redis.on('error', lost)
  redis.on('ready', () => {
    if (down) log.info('redis responds again: rate limits are on')
    down = false
  })
  const sendCommand = redis.sendCommand.bind(redis)
  redis.sendCommand = (command, stream) => {
    command.promise.catch((error: Error) => {
      if (down || error.message !== 'Command timed out') return
      lost(error)
      // Until the new connection is ready, commands fail at once instead of after the timeout.
      redis.disconnect(true)
    })
    return sendCommand(command, stream)
  }
  return redis
}
