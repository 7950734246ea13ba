import { LRUCache } from 'lru-cache'

import { overloaded } from '../../../errors.js'
import type { SharedStore } from '../compat-api.js'
import { isPending } from './statuses.js'
import { decode, encode, sizeOf, type Submission } from './submission.js'

const KEY_PREFIX = 'runonce-submission-'
/** The tokens of the results by the time of their end. Results that have expired count until they are the oldest. */
const INDEX_KEY = 'runonce-submissions'
const RETRY_SECONDS = 1

interface Limits {
  resultsTimeMs: number
  resultsMax: number
  resultsBytes: number
}

/** Keeps submissions by token. Results are kept for a limited time. */
export interface SubmissionStore {
  /** @throws ServiceError `overloaded` (503) if the store does not respond */
  save (submission: Submission): Promise<void>
  /** Returns undefined for each token that is not known. @throws ServiceError `overloaded` (503) if the store does not respond */
  find (tokens: string[]): Promise<Array<Submission | undefined>>
}

export function storeOf (redis: SharedStore | undefined, limits: Limits): SubmissionStore {
  return redis === undefined ? new MemoryStore(limits) : new RedisStore(redis, limits)
}

/** Keeps submissions in the memory of this process. When there are too many results, the oldest are dropped. */
class MemoryStore implements SubmissionStore {
  /** The submissions without a result, whose number the queue limits. */
  readonly #pending = new Map<string, Submission>()
  readonly #results: LRUCache<string, Submission>

  constructor ({ resultsTimeMs, resultsMax, resultsBytes }: Limits) {
    this.#results = new LRUCache({ max: resultsMax, maxSize: resultsBytes, sizeCalculation: sizeOf, ttl: resultsTimeMs, ttlAutopurge: true })
  }

  async save (submission: Submission): Promise<void> {
    const { token, status_id: status } = submission
    if (isPending(status)) {
      this.#pending.set(token, submission)
      return
    }
    this.#pending.delete(token)
    this.#results.set(token, submission)
  }

  async find (tokens: string[]): Promise<Array<Submission | undefined>> {
    return tokens.map((token) => this.#pending.get(token) ?? this.#results.peek(token))
  }
}

/**
 * Keeps submissions in Redis, so that every service with the same Redis server can return them. When there are too many results of all
 * services together, the oldest are dropped.
 */
class RedisStore implements SubmissionStore {
  constructor (private readonly redis: SharedStore, private readonly limits: Limits) {}

  async save (submission: Submission): Promise<void> {
    // A submission waits at most as long as its result is kept.
    const pending = isPending(submission.status_id)
    const timeMs = this.limits.resultsTimeMs * (pending ? 2 : 1)
    await responding(this.redis.set(KEY_PREFIX + submission.token, encode(submission), 'PX', timeMs))
    if (!pending) await responding(this.#dropOldest(submission.token))
  }

  /** Adds a result to the index, and drops the oldest results if there are too many. */
  async #dropOldest (token: string): Promise<void> {
    const { resultsTimeMs, resultsMax } = this.limits
    const [, , count] = await Promise.all([
      this.redis.zadd(INDEX_KEY, Date.now(), token), this.redis.pexpire(INDEX_KEY, resultsTimeMs), this.redis.zcard(INDEX_KEY)
    ])
    if (count <= resultsMax) return
    const oldest = await this.redis.zpopmin(INDEX_KEY, count - resultsMax)
    await this.redis.del(oldest.filter((_each, index) => index % 2 === 0).map((each) => KEY_PREFIX + each))
  }

  async find (tokens: string[]): Promise<Array<Submission | undefined>> {
    const found = await responding(this.redis.mget(tokens.map((token) => KEY_PREFIX + token)))
    return found.map((text) => text === null ? undefined : decode(text))
  }
}

async function responding<T> (command: Promise<T>): Promise<T> {
  return await command.catch((cause: unknown) => { throw overloaded('Redis does not respond', RETRY_SECONDS, { cause }) })
}
