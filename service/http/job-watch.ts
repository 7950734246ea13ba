import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

import type { Job, Jobs } from '../runs/job-ports.js'
import { clientSignal } from './client-signal.js'
import { errorEventJson } from './event-queue.js'
import { isFinal, jobJson } from './job-response.js'
import { reportedError } from './plugins/errors.js'
import { ServerSentEvents } from './server-sent-events.js'

/** A job is read again after this time even without a change, because its position changes without an event. Milliseconds. */
const REFRESH_MS = 10_000

interface Watched {
  tokenName: string
  id: string
  reply: FastifyReply
  /** Aborts when the service shuts down. */
  stopping: AbortSignal
}

/** Follows a job until it has finished, the client disconnects or the service shuts down. */
export class JobWatch {
  constructor (private readonly jobs: Jobs, private readonly watched: Watched) {}

  /** Returns the job when it has finished, or after `waitMs` milliseconds. @throws ServiceError */
  async finished (waitMs: number): Promise<Job> {
    let last: Job | undefined
    for await (const job of this.#states(AbortSignal.timeout(waitMs))) last = job
    return last ?? await this.jobs.get(this.watched.tokenName, this.watched.id)
  }

  /** Sends an event for each new status and position of the job. @throws ServiceError before the response has begun */
  async streamTo (request: FastifyRequest): Promise<FastifyReply> {
    const { reply } = this.watched
    const events = new ServerSentEvents(reply)
    let sent: Buffer | undefined
    try {
      for await (const job of this.#states()) {
        const json = jobJson(job)
        events.begin()
        if (sent === undefined || !json.equals(sent)) events.write(job.status, json)
        sent = json
      }
    } catch (error) {
      if (!events.begun) throw error
      events.write('error', errorEventJson(reportedError(error as FastifyError, request), request.id))
    }
    events.end()
    return reply
  }

  /** Yields the job now and after each change. Ends with a finished job. */
  async * #states (timeout?: AbortSignal): AsyncGenerator<Job> {
    const { tokenName, id, reply, stopping } = this.watched
    const ended = AbortSignal.any([stopping, clientSignal(reply), ...timeout === undefined ? [] : [timeout]])
    let wake = () => {}
    const unwatch = this.jobs.watch(tokenName, id, () => wake())
    ended.addEventListener('abort', () => wake())
    try {
      for (;;) {
        const changed = new Promise<void>((resolve) => { wake = resolve })
        const job = await this.jobs.get(tokenName, id)
        yield job
        if (isFinal(job) || ended.aborted) return
        const refresh = setTimeout(wake, REFRESH_MS)
        await changed
        clearTimeout(refresh)
      }
    } finally {
      unwatch()
    }
  }
}
