import type { FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'

import { invalidRequest, ServiceError } from '../errors.js'
import { nullableLimits, nullableString } from '../protocol/payload-schema.js'
import { MAX_PRIORITY, type NewJobs } from '../runs/job-ports.js'
import { codeRun, identityOf, type CodeRunParts } from './code-runs.js'
import { ImageNameSchema, imageRun, payloadTextOf } from './image-runs.js'

export const MAX_RUNS = 1000
const MAX_URL_LENGTH = 2048
const MAX_TTL_SECONDS = 604_800
const DEFAULT_PRIORITY = 5
export const MAX_KEY_LENGTH = 255

export const RunSchema = Type.Object({
  image: Type.Optional(ImageNameSchema),
  payload: Type.Optional(Type.Unknown({ description: 'As in POST /run' })),
  language: Type.Optional(Type.String({ description: 'With code, instead of image and payload' })),
  code: Type.Optional(Type.String({ description: 'As in POST /run/:language' })),
  input: Type.Optional(nullableString('As in POST /run/:language')),
  limits: Type.Optional(nullableLimits)
})

export const JobBodySchema = Type.Object({
  ...RunSchema.properties,
  runs: Type.Optional(Type.Array(RunSchema, { minItems: 1, maxItems: MAX_RUNS, description: 'Several runs, each of which becomes a job' })),
  webhook: Type.Optional(Type.String({ maxLength: MAX_URL_LENGTH, description: 'URL that receives a webhook when a job has finished' })),
  priority: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PRIORITY, description: `From 1 (first) to ${MAX_PRIORITY} among the jobs of the token` })),
  ttl: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: MAX_TTL_SECONDS, description: 'Time in seconds after which a job that has not started fails' }))
}, { examples: [{ language: 'python', code: 'print("Hello World!")' }] })

type JobBody = Static<typeof JobBodySchema>
type RunBody = Static<typeof RunSchema>
type Run = NewJobs['runs'][number]

/** Validates a request for jobs in the same way as requests for runs. @throws ServiceError */
export async function newJobs (parts: CodeRunParts, request: FastifyRequest<{ Body: JobBody }>): Promise<NewJobs> {
  const { runs, webhook, priority = DEFAULT_PRIORITY, ttl } = request.body
  return {
    ...identityOf(request),
    runs: runs === undefined ? [await singleRun(parts, request)] : await severalRuns(parts, request, runs),
    webhook,
    priority,
    ttlMs: ttl === undefined ? undefined : ttl * 1000,
    idempotency: idempotencyOf(request)
  }
}

async function singleRun (parts: CodeRunParts, request: FastifyRequest<{ Body: JobBody }>): Promise<Run> {
  return await runOf(parts, request, request.body, () => payloadTextOf(request.rawBody))
}

async function severalRuns (parts: CodeRunParts, request: FastifyRequest<{ Body: JobBody }>, bodies: RunBody[]): Promise<Run[]> {
  const other = Object.keys(RunSchema.properties).find((name) => Object.hasOwn(request.body, name))
  if (other !== undefined) throw invalidRequest(`${other} must not be combined with runs`)
  const runs: Run[] = []
  for (const [index, body] of bodies.entries()) {
    try {
      runs.push(await runOf(parts, request, body, () => JSON.stringify(body.payload)))
    } catch (error) {
      throw error instanceof ServiceError ? error.of(`runs[${index}]`) : error
    }
  }
  return runs
}

async function runOf (parts: CodeRunParts, request: FastifyRequest, { image, payload, language, code, input, limits }: RunBody, payloadText: () => string | undefined): Promise<Run> {
  if (language !== undefined) {
    if (image !== undefined) throw invalidRequest('image must not be combined with language')
    if (code === undefined) throw invalidRequest('code is required')
    return await codeRun(parts, { language, code, input: input ?? null, limits: limits ?? null }, { stream: false })
  }
  if (image === undefined) throw invalidRequest('image or language is required')
  if (payload === undefined) throw invalidRequest('payload is required')
  return await imageRun(parts, request, { image, payload, limits }, { stream: false, payloadText })
}

function idempotencyOf ({ headers, rawBody }: FastifyRequest): NewJobs['idempotency'] {
  const key = headers['idempotency-key']
  if (key === undefined || rawBody === null) return undefined
  if (typeof key !== 'string' || key === '' || key.length > MAX_KEY_LENGTH) {
    throw invalidRequest(`The Idempotency-Key must have from 1 to ${MAX_KEY_LENGTH} characters`)
  }
  return { key, body: rawBody }
}
