import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

import { jobStoreUnavailable, ServiceError } from '../errors.js'
import { PREFIX, queueName } from './job-record.js'

/** Maximum number of events that Redis keeps for each queue. Services read them within milliseconds. */
const MAX_EVENTS = 1000
/** How often a job runs if the engine fails, and the delay before the second run in milliseconds. The delay doubles. */
const ATTEMPTS = 3
const RETRY_MS = 1000

interface Log {
  error: (details: object, message: string) => void
}

/** The BullMQ queues of the tokens, for requests. */
export class TokenQueues {
  readonly #queues = new Map<string, Queue>()

  constructor (private readonly redis: Redis, private readonly log: Log) {}

  /**
   * Runs commands on the queue of a token.
   * @throws ServiceError `jobs.unavailable` (503) if Redis does not respond
   */
  async with<T> (tokenName: string, work: (queue: Queue, redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await work(this.#queueOf(tokenName), this.redis)
    } catch (error) {
      if (error instanceof ServiceError) throw error
      // The error itself contains the arguments of the command, and therefore code.
      this.log.error({ reason: (error as Error).message }, 'a command for jobs failed')
      throw jobStoreUnavailable(error)
    }
  }

  async close (): Promise<void> {
    await Promise.allSettled([...this.#queues.values()].map(async (queue) => await queue.close()))
    this.redis.disconnect()
  }

  #queueOf (tokenName: string): Queue {
    // BullMQ's queue never becomes ready if its first commands fail.
    if (this.redis.status !== 'ready') throw jobStoreUnavailable()
    const known = this.#queues.get(tokenName)
    if (known !== undefined) return known
    const queue = new Queue(queueName(tokenName), {
      connection: this.redis,
      prefix: PREFIX,
      streams: { events: { maxLen: MAX_EVENTS } },
      defaultJobOptions: { attempts: ATTEMPTS, backoff: { type: 'exponential', delay: RETRY_MS }, stackTraceLimit: 0 }
    })
    this.#queues.set(tokenName, queue)
    queue.on('error', () => {})
    queue.waitUntilReady().catch(() => this.#queues.delete(tokenName))
    return queue
  }
}
