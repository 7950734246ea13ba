import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

import type { JobStatus, JobSummary } from '../runs/job-ports.js'
import { isJobId } from './job-record.js'

/** The fields of BullMQ's hash that a status needs. The payload is not read. */
const FIELDS = ['timestamp', 'processedOn', 'finishedOn', 'returnvalue', 'failedReason'] as const

export interface JobState extends Omit<JobSummary, 'id'> {
  position: number | undefined
  /** Present if the job has finished and a worker stored its outcome. */
  outcomeName: string | undefined
}

/** Reads the state of a job. Returns undefined if it does not exist. */
export async function readState (queue: Queue, redis: Redis, id: string): Promise<JobState | undefined> {
  const [fields, bullState, rank, waiting] = await Promise.all([
    redis.hmget(queue.toKey(id), ...FIELDS),
    queue.getJobState(id),
    redis.zrank(queue.toKey('prioritized'), id),
    redis.llen(queue.toKey('wait'))
  ])
  const state = stateOf(fields, bullState === 'active' ? 'active' : 'queued')
  // Jobs that lost their worker are in the list `wait` and start before all others.
  if (state?.status === 'queued') state.position = rank === null ? 0 : rank + waiting
  return state
}

/** Reads the states of several jobs whose status is known. */
export async function readStates (queue: Queue, redis: Redis, ids: string[], status: JobStatus): Promise<Array<JobState | undefined>> {
  return await Promise.all(ids.map(async (id) => stateOf(await redis.hmget(queue.toKey(id), ...FIELDS), status)))
}

export function summaryOf (id: string, { status, createdAtMs, startedAtMs, finishedAtMs }: JobState): JobSummary {
  return { id, status, createdAtMs, startedAtMs, finishedAtMs }
}

/** @param status the status if the job has not finished */
function stateOf ([timestamp, processedOn, finishedOn, returnValue, failedReason]: Array<string | null>, status: JobStatus): JobState | undefined {
  if (timestamp == null) return undefined
  const completed = returnValue == null ? undefined : JSON.parse(returnValue) as string
  const finished = finishedOn == null ? undefined : { status: completed === undefined ? 'failed' as const : 'completed' as const, name: completed ?? failedReason ?? '' }
  return {
    status: finished?.status ?? status,
    createdAtMs: Number(timestamp),
    startedAtMs: processedOn == null ? undefined : Number(processedOn),
    finishedAtMs: finishedOn == null ? undefined : Number(finishedOn),
    position: undefined,
    outcomeName: finished !== undefined && isJobId(finished.name) ? finished.name : undefined
  }
}
