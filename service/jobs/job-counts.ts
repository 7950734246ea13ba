import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

import { MAX_PRIORITY, type TokenJobs } from '../runs/job-ports.js'

/** In BullMQ's sorted set of waiting jobs, the score is the priority times this number, plus a number that increases with each job. */
const SCORES_PER_PRIORITY = 2 ** 32
const PRIORITIES = Array.from({ length: MAX_PRIORITY }, (_, index) => index + 1)

/** Counts the jobs of a queue by status, and finds the oldest job that waits. */
export async function countJobs (queue: Queue, redis: Redis): Promise<Omit<TokenJobs, 'tokenName'>> {
  const counts = await queue.getJobCounts('wait', 'prioritized', 'delayed', 'active', 'completed', 'failed')
  const of = (...types: string[]) => types.reduce((sum, type) => sum + (counts[type] ?? 0), 0)
  const oldestQueuedAtMs = of('wait', 'prioritized') === 0 ? undefined : await findOldest(queue, redis)
  return { counts: { queued: of('wait', 'prioritized', 'delayed'), active: of('active'), completed: of('completed'), failed: of('failed') }, oldestQueuedAtMs }
}

/** Returns the creation time of the oldest waiting job, in milliseconds since the epoch. Reads only the first job of each priority. */
async function findOldest (queue: Queue, redis: Redis): Promise<number | undefined> {
  const key = queue.toKey('prioritized')
  const firstOf = async (priority: number) =>
    await redis.zrangebyscore(key, priority * SCORES_PER_PRIORITY, (priority + 1) * SCORES_PER_PRIORITY - 1, 'LIMIT', 0, 1)
  // The list `wait` contains jobs that lost their worker. The last one starts first.
  const ids = await Promise.all([redis.lrange(queue.toKey('wait'), -1, -1), ...PRIORITIES.map(firstOf)])
  const times = await Promise.all(ids.flat().map(async (id) => await redis.hget(queue.toKey(id), 'timestamp')))
  // A job may have been deleted since.
  const known = times.filter((time) => time !== null).map(Number)
  return known.length === 0 ? undefined : Math.min(...known)
}
