import type { JobType, Queue } from 'bullmq'
import type { Redis } from 'ioredis'

import { invalidRequest } from '../errors.js'
import type { JobPage, JobStatus, JobSummary } from '../runs/job-ports.js'
import { readStates, summaryOf } from './job-state.js'

interface Section { type: JobType, status: JobStatus, newestFirst: boolean }

/** BullMQ's sets of jobs, in the order in which they are listed. */
const SECTIONS: Section[] = [
  { type: 'active', status: 'active', newestFirst: false },
  { type: 'wait', status: 'queued', newestFirst: false },
  { type: 'prioritized', status: 'queued', newestFirst: false },
  { type: 'delayed', status: 'queued', newestFirst: false },
  { type: 'completed', status: 'completed', newestFirst: true },
  { type: 'failed', status: 'failed', newestFirst: true }
]

interface PageOptions {
  status: JobStatus | undefined
  after: string | undefined
  limit: number
}

/** Lists one page. A job whose status changes between two pages can be listed twice or not at all. @throws ServiceError `request.invalid` */
export async function listPage (queue: Queue, redis: Redis, { status, after, limit }: PageOptions): Promise<JobPage> {
  const sections = SECTIONS.filter((section) => status === undefined || section.status === status)
  let { index, offset } = positionOf(after, sections)
  const jobs: JobSummary[] = []
  for (let missing = limit; missing > 0 && index < sections.length;) {
    const { type, status: ofSection, newestFirst } = sections[index] as Section
    const ids = await queue.getRanges([type], offset, offset + missing - 1, !newestFirst)
    const states = await readStates(queue, redis, ids, ofSection)
    jobs.push(...states.flatMap((state, at) => state === undefined ? [] : [summaryOf(ids[at] ?? '', state)]))
    offset = ids.length < missing ? 0 : offset + ids.length
    if (ids.length < missing) index++
    missing -= ids.length
  }
  const next = sections[index]
  return { jobs, next: next === undefined ? undefined : `${next.type}.${offset}` }
}

function positionOf (after: string | undefined, sections: Section[]): { index: number, offset: number } {
  if (after === undefined) return { index: 0, offset: 0 }
  const [, type, offset] = /^([a-z]+)\.(\d{1,9})$/.exec(after) ?? []
  const index = sections.findIndex((section) => section.type === type)
  if (index < 0) throw invalidRequest('after must be the value of next from the previous page')
  return { index, offset: Number(offset) }
}
