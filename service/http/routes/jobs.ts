import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { invalidRequest, jobsUnavailable } from '../../errors.js'
import type { Jobs } from '../../runs/job-ports.js'
import type { CodeRunParts } from '../code-runs.js'
import { DocumentedJobBodySchema, DocumentedJobHeaders } from '../documented-jobs.js'
import { errorResponses } from '../error-responses.js'
import { JobBodySchema, newJobs } from '../job-submissions.js'
import { JobSchema, JobSummarySchema, respondWithJob, StatusSchema, summaryOf } from '../job-response.js'
import { JobWatch } from '../job-watch.js'
import { acceptsEvents } from '../run-response.js'

const MAX_WAIT_SECONDS = 60
const MAX_PAGE = 100
const DEFAULT_PAGE = 50

const IdSchema = Type.Object({ id: Type.String() })
const WaitSchema = Type.Object({ wait: Type.Optional(Type.String({ description: `Maximum time in seconds to wait until the job has finished, at most ${MAX_WAIT_SECONDS}` })) })
const PageSchema = Type.Object({
  status: Type.Optional(StatusSchema),
  after: Type.Optional(Type.String({ description: 'The value of `next` from the previous page' })),
  limit: Type.Optional(Type.String({ description: `Maximum number of jobs, at most ${MAX_PAGE}` }))
})
const AcceptedSchema = Type.Object({
  ids: Type.Array(Type.String(), { description: 'The IDs of the jobs, in the order of the runs' })
}, { description: 'The jobs are stored', examples: [{ ids: ['0198c5d0-6a7b-7cc1-8d55-0f6f0a3c9e11'] }] })
const ListSchema = Type.Object({
  jobs: Type.Array(JobSummarySchema),
  next: Type.Optional(Type.String({ description: 'Present if there are more jobs' }))
}, { description: 'A page of the jobs of the token' })

const JOB_ERRORS = ['wrongToken', 'rateLimited', 'jobsUnavailable', 'jobStoreUnavailable', 'internal'] as const
const NEW_JOB_ERRORS = [
  'invalidRequest', 'unsupportedLanguage', 'containerRefused', 'imageNotAllowed', 'tooLarge', 'wrongMediaType', 'idempotencyKeyReused', 'tooManyJobs',
  'engineUnreachable', 'containerCreateFailed', ...JOB_ERRORS
] as const

interface JobParts extends CodeRunParts {
  jobs?: Jobs | undefined
  stopping: AbortSignal
}

/** Adds the routes for asynchronous runs. Without Redis, each returns `jobs.unavailable` (501). */
export function addJobRoutes (scope: FastifyInstance, { jobs, stopping, ...parts }: JobParts): void {
  if (jobs === undefined) scope.addHook('onRequest', async () => { throw jobsUnavailable() })
  const store = jobs as Jobs
  addListRoutes(scope, store, parts)
  addItemRoutes(scope, store, stopping)
}

/** Adds the routes that create and list jobs. */
function addListRoutes (scope: FastifyInstance, store: Jobs, parts: CodeRunParts): void {
  const typed = scope.withTypeProvider<TypeBoxTypeProvider>()

  typed.post('/jobs', {
    config: { documented: { body: DocumentedJobBodySchema, headers: DocumentedJobHeaders } },
    schema: { summary: 'Run programs later', tags: ['jobs'], body: JobBodySchema, response: { 202: AcceptedSchema, ...errorResponses(...NEW_JOB_ERRORS) } }
  }, async (request, reply) => {
    const ids = await store.add(await newJobs(parts, request))
    if (ids.length === 1) void reply.header('location', `/jobs/${ids[0]}`)
    return reply.code(202).send({ ids })
  })

  typed.get('/jobs', {
    config: { documented: { querystring: documentedNumber(PageSchema, 'limit', 1, MAX_PAGE) } },
    schema: { summary: 'List the jobs of the token', tags: ['jobs'], querystring: PageSchema, response: { 200: ListSchema, ...errorResponses('invalidRequest', ...JOB_ERRORS) } }
  }, async ({ tokenName, query: { status, after, limit } }) => {
    const page = await store.list(tokenName, { status, after, limit: wholeNumber('limit', limit, 1, MAX_PAGE) ?? DEFAULT_PAGE })
    return { jobs: page.jobs.map(summaryOf), ...(page.next === undefined ? {} : { next: page.next }) }
  })
}

/** Adds the routes for one job. */
function addItemRoutes (scope: FastifyInstance, store: Jobs, stopping: AbortSignal): void {
  const typed = scope.withTypeProvider<TypeBoxTypeProvider>()

  typed.get('/jobs/:id', {
    config: { documented: { querystring: documentedNumber(WaitSchema, 'wait', 0, MAX_WAIT_SECONDS) } },
    schema: {
      summary: 'Get a job, and its result if it has finished',
      tags: ['jobs'],
      params: IdSchema,
      querystring: WaitSchema,
      response: { 200: jobResponse(), ...errorResponses('invalidRequest', 'jobNotFound', ...JOB_ERRORS) }
    }
  }, async (request, reply) => {
    const { tokenName, params: { id }, query } = request
    const waitSeconds = wholeNumber('wait', query.wait, 0, MAX_WAIT_SECONDS) ?? 0
    const watch = new JobWatch(store, { tokenName, id, reply, stopping })
    if (acceptsEvents(request)) return await watch.streamTo(request)
    return respondWithJob(reply, waitSeconds === 0 ? await store.get(tokenName, id) : await watch.finished(waitSeconds * 1000))
  })

  typed.delete('/jobs/:id', {
    schema: {
      summary: 'Cancel or delete a job',
      tags: ['jobs'],
      params: IdSchema,
      response: {
        202: Type.Null({ description: 'The job runs; it is stopped and then fails with jobs.cancelled' }),
        204: Type.Null({ description: 'The job is deleted' }),
        ...errorResponses('jobNotFound', ...JOB_ERRORS)
      }
    }
  }, async ({ tokenName, params: { id } }, reply) => reply.code(await store.cancel(tokenName, id) ? 204 : 202).send(null))
}

function jobResponse () {
  return {
    description: 'The job',
    content: {
      'application/json': { schema: JobSchema },
      'text/event-stream': { schema: Type.String({ description: 'If the Accept header contains text/event-stream: an event for each new status' }) }
    }
  }
}

/** Documents the parameter that `wholeNumber` reads. */
function documentedNumber ({ properties, ...schema }: { properties: object }, name: string, minimum: number, maximum: number) {
  const { description } = (properties as Record<string, { description?: string }>)[name] ?? {}
  return { ...schema, properties: { ...properties, [name]: { type: 'integer', minimum, maximum, description } } }
}

function wholeNumber (name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (!(value >= min && value <= max)) throw invalidRequest(`${name} must be a whole number from ${min} to ${max}`)
  return value
}
