import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'

import { ResultSchema } from '../protocol/result.js'
import { JOB_STATUSES, type Job, type JobStatus, type JobSummary } from '../runs/job-ports.js'

export const StatusSchema = Type.Unsafe<JobStatus>({ type: 'string', enum: [...JOB_STATUSES] })

const time = (description: string) => Type.String({ format: 'date-time', description })

const summary = {
  id: Type.String(),
  status: StatusSchema,
  createdAt: time('When the service accepted the job'),
  startedAt: Type.Optional(time('When the job was last started')),
  finishedAt: Type.Optional(time('When the job completed or failed'))
}

export const JobSummarySchema = Type.Object(summary)

export const JobSchema = Type.Object({
  ...summary,
  position: Type.Optional(Type.Integer({ description: 'Number of jobs of the token that start before this job' })),
  result: Type.Optional(ResultSchema),
  error: Type.Optional(Type.Object({ error: Type.String(), message: Type.String() }, { description: 'Why the job failed' }))
}, {
  description: 'The job',
  examples: [{ id: '0198c5d0-6a7b-7cc1-8d55-0f6f0a3c9e11', status: 'queued', createdAt: '2026-01-31T12:00:00.000Z', position: 3 }]
})

/** Returns the members of a job that are not part of its outcome. */
export function summaryOf ({ id, status, createdAtMs, startedAtMs, finishedAtMs }: JobSummary) {
  return {
    id,
    status,
    createdAt: isoTime(createdAtMs),
    ...(startedAtMs === undefined ? {} : { startedAt: isoTime(startedAtMs) }),
    ...(finishedAtMs === undefined ? {} : { finishedAt: isoTime(finishedAtMs) })
  }
}

/** Returns the JSON text of a job. The result consists of the bytes that the image wrote. */
export function jobJson (job: Job): Buffer {
  const head = JSON.stringify({ ...summaryOf(job), position: job.position })
  if (job.outcome === undefined) return Buffer.from(head)
  return Buffer.concat([Buffer.from(`${head.slice(0, -1)},`), job.outcome.subarray(1)])
}

export function respondWithJob (reply: FastifyReply, job: Job): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(jobJson(job))
}

/** Whether a job will not change any more. */
export function isFinal ({ status }: JobSummary): boolean {
  return status === 'completed' || status === 'failed'
}

function isoTime (ms: number): string {
  return new Date(ms).toISOString()
}
