import { createHash } from 'node:crypto'

import type { Redis } from 'ioredis'

import { PREFIX } from './job-record.js'

/** Number of consecutive failures after which an endpoint is disabled, and for how long in milliseconds. */
const MAX_FAILURES = 20
const DISABLED_MS = 3_600_000

/** Counts the consecutive failures of each endpoint in Redis, and disables endpoints that fail repeatedly. */
export class WebhookEndpoints {
  constructor (private readonly redis: Redis) {}

  /** Returns the time for which an endpoint is still disabled, in milliseconds. */
  async disabledMs (url: URL): Promise<number> {
    return Math.max(0, await this.redis.pttl(keyOf('disabled', url)))
  }

  async succeeded (url: URL): Promise<void> {
    await this.redis.del(keyOf('failures', url))
  }

  /** Returns whether the endpoint is now disabled. After that time, one more failure disables it again. */
  async failed (url: URL): Promise<boolean> {
    const key = keyOf('failures', url)
    const failures = await this.redis.incr(key)
    await this.redis.pexpire(key, 2 * DISABLED_MS)
    if (failures < MAX_FAILURES) return false
    await this.redis.set(keyOf('disabled', url), 1, 'PX', DISABLED_MS)
    return true
  }
}

/** An endpoint is a URL without its query, of which Redis stores only the hash. */
function keyOf (kind: 'failures' | 'disabled', { origin, pathname }: URL): string {
  return `${PREFIX}:webhook-${kind}:${createHash('sha256').update(origin + pathname).digest('hex')}`
}
