import { randomUUID } from 'node:crypto'

import type { Redis } from 'ioredis'

import { PREFIX } from './job-record.js'
import type { RecordCodec } from './record-codec.js'

/** Errors of jobs that are not errors of their runs. */
const FAILURES = {
  cancelled: ['jobs.cancelled', 'The job was cancelled'],
  expired: ['jobs.expired', 'The job did not start within its ttl'],
  tooLarge: ['jobs.result_too_large', 'The result is larger than JOBS_MAX_RESULT_SIZE'],
  tokenRemoved: ['jobs.token_removed', 'The access token was removed before the job started'],
  workerLost: ['jobs.worker_lost', 'The workers that ran the job stopped responding too often']
} as const

/**
 * Stores each outcome under a new name, which BullMQ then stores as the return value or the failure reason of the job. Therefore, a
 * worker that lost its job to another worker cannot change the outcome. The outcome itself is not the return value, because BullMQ's
 * event stream copies return values to every service.
 */
export class OutcomeStore {
  constructor (private readonly redis: Redis, private readonly codec: RecordCodec, private readonly ttlMs: number) {}

  /** @returns the name of the outcome */
  async save (outcome: Buffer): Promise<string> {
    const name = randomUUID()
    await this.redis.set(keyOf(name), this.codec.seal(outcome, name), 'PX', this.ttlMs)
    return name
  }

  /** Returns undefined if the outcome was deleted. */
  async load (name: string): Promise<Buffer | undefined> {
    const record = await this.redis.getBuffer(keyOf(name))
    return record === null ? undefined : this.codec.open(record, name)
  }

  async delete (name: string): Promise<void> {
    await this.redis.del(keyOf(name))
  }
}

export function resultOutcome (result: Buffer): Buffer {
  return Buffer.concat([Buffer.from('{"result":'), result, Buffer.from('}')])
}

export function errorOutcome (body: object): Buffer {
  return Buffer.from(JSON.stringify({ error: body }))
}

/** Returns the response body of an error that is specific to jobs. */
export function failureBody (failure: keyof typeof FAILURES): { error: string, message: string } {
  const [error, message] = FAILURES[failure]
  return { error, message }
}

function keyOf (name: string): string {
  return `${PREFIX}:outcome:${name}`
}
