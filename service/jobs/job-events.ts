import { QueueEvents } from 'bullmq'
import type { Redis } from 'ioredis'

import { CANCELLED, contextOf, PREFIX, queueName } from './job-record.js'

/** The events after which the status of a job may be different. */
const CHANGES = ['waiting', 'active', 'delayed', 'completed', 'failed', 'removed', 'stalled'] as const

interface EventParts {
  redis: Redis
  /** Called in every service when a client cancels a job that a worker has. */
  onCancel: (tokenName: string, id: string) => void
}

/** Distributes the events of all queues. Each queue needs a connection, because BullMQ reads its event stream with a blocking command. */
export class JobEvents {
  readonly #listeners = new Map<string, Set<() => void>>()
  readonly #streams: QueueEvents[] = []

  constructor (private readonly parts: EventParts) {}

  /** Reads the events of the queue of a token. Call once for each token. */
  follow (tokenName: string): void {
    this.#streams.push(this.#streamOf(tokenName))
  }

  /** Calls the listener after each event of a job. Returns a function that removes the listener. */
  watch (tokenName: string, id: string, listener: () => void): () => void {
    const key = contextOf(tokenName, id)
    const listeners = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(key)
    }
  }

  async close (): Promise<void> {
    await Promise.allSettled(this.#streams.map(async (stream) => await stream.close()))
  }

  #streamOf (tokenName: string): QueueEvents {
    const stream = new QueueEvents(queueName(tokenName), { connection: this.parts.redis, prefix: PREFIX })
    stream.on('error', () => {})
    const changed = ({ jobId }: { jobId: string }) => {
      for (const listener of this.#listeners.get(contextOf(tokenName, jobId)) ?? []) listener()
    }
    for (const event of CHANGES) stream.on(event, changed)
    stream.on('progress', ({ jobId, data }) => { if (data === CANCELLED) this.parts.onCancel(tokenName, jobId) })
    return stream
  }
}
