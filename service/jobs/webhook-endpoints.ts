import { createHash } from 'node:crypto'

import type { Redis } from 'ioredis'

import { PREFIX } from './job-record.js'

/** Number of consecutive failures after which an endpoint is disabled, and for how long in milliseconds. */
const MAX_FAILURES = 20
const DISABLED_MS = 3_600_000

/** Counts the consecutive failures of each endpoint of a token in Redis, and disables endpoints that fail repeatedly. */
export class WebhookEndpoints {
  constructor (private readonly redis: Redis) {}

  /** Returns the time for which an endpoint is still disabled, in milliseconds. */
  async disabledMs (tokenName: string, url: URL): Promise<number> {
    return Math.max(0, await this.redis.pttl(keyOf('disabled', tokenName, url)))
  }

  async succeeded (tokenName: string, url: URL): Promise<void> {
    await this.redis.del(keyOf('failures', tokenName, url))
  }

  /** Counts a failure. Returns whether the endpoint is now disabled. After it is enabled again, one more failure disables it again. */
  async failed (tokenName: string, url: URL): Promise<boolean> {
    const key = keyOf('failures', tokenName, url)
    const failures = await this.redis.incr(key)
    await this.redis.pexpire(key, 2 * DISABLED_MS)
    if (failures < MAX_FAILURES) return false
    await this.redis.set(keyOf('disabled', tokenName, url), 1, 'PX', DISABLED_MS)
    return true
  }
}

/** An endpoint is a URL without its query. Redis stores only a hash of the endpoint and its token. */
function keyOf (kind: 'failures' | 'disabled', tokenName: string, { origin, pathname }: URL): string {
  return `${PREFIX}:webhook-${kind}:${createHash('sha256').update(JSON.stringify([tokenName, origin, pathname])).digest('hex')}`
}
