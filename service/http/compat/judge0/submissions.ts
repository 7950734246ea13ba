import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'

import { invalidRequest } from '../../../errors.js'
import { clientSignal } from '../../client-signal.js'
import { identityOf } from '../../code-runs.js'
import type { CompatParts } from '../compat-api.js'
import { readAttributes } from './attributes.js'
import { checkedSubmission, type CheckedSubmission } from './checked-submission.js'
import { ConversionError, InvalidSubmission } from './errors.js'
import { documentedBatch, documentedQuery, documentedSubmission } from './documented-schema.js'
import { languagesOf } from './languages.js'
import { MAX_BATCH_SIZE } from './limits.js'
import { formatOf, type Format } from './query.js'
import type { SubmissionRunner } from './runner.js'
import {
  AttributeErrorsSchema, BatchCreatedSchema, BatchCreateQuery, BatchSchema, CreatedSchema, CreateQuery, errorSchemas, SubmissionSchema
} from './schema.js'
import { fieldsOf, newSubmission, type Submission } from './submission.js'

const tags = ['run']
const ERRORS = errorSchemas(400, 401, 413, 415, 429, 500, 503)

/** Adds the routes that create submissions. */
export function addCreateRoutes (scope: FastifyInstance, parts: CompatParts, runner: SubmissionRunner): void {
  const typed = scope.withTypeProvider<TypeBoxTypeProvider>()

  typed.post('/submissions', {
    config: { documented: { body: documentedSubmission(parts.config), querystring: documentedQuery(CreateQuery) } },
    schema: {
      summary: 'Create a submission (Judge0)', tags, querystring: CreateQuery, body: SubmissionSchema, response: { 201: CreatedSchema, 422: AttributeErrorsSchema, ...ERRORS }
    }
  }, async (request, reply) => {
    const format = formatOf(request.query)
    try {
      const checked = await accepted(request.body, format.base64, parts)
      if (request.query.wait === 'true') return await reply.code(201).send(createdFields(await runner.runNow(checked, { ...identityOf(request), signal: clientSignal(reply) }), format))
      await runner.runLater([checked.submission], identityOf(request))
      return await reply.code(201).send({ token: checked.submission.token })
    } catch (error) {
      if (!(error instanceof InvalidSubmission)) throw error
      return await reply.code(422).send(error.errors)
    }
  })

  typed.post('/submissions/batch', {
    config: { documented: { body: documentedBatch(parts.config) } },
    schema: {
      summary: 'Create several submissions (Judge0)', tags, querystring: BatchCreateQuery, body: BatchSchema, response: { 201: BatchCreatedSchema, 422: BatchCreatedSchema, ...ERRORS }
    }
  }, async (request, reply) => {
    const sent: unknown[] = Array.isArray(request.body.submissions) ? request.body.submissions : []
    checkBatchSize(sent.length)
    const entries: Array<Submission | InvalidSubmission> = []
    // One after the other, because the extracted files of a submission can be large.
    for (const each of sent) entries.push(await acceptedOrInvalid(each, formatOf(request.query).base64, parts))
    const submissions = entries.filter((entry): entry is Submission => !(entry instanceof InvalidSubmission))
    if (submissions.length > 0) await runner.runLater(submissions, identityOf(request))
    return await reply.code(submissions.length > 0 ? 201 : 422).send(entries.map((entry) => entry instanceof InvalidSubmission ? entry.errors : { token: entry.token }))
  })
}

/** @throws ServiceError `request.invalid` */
export function checkBatchSize (size: number): void {
  if (size === 0) throw invalidRequest('there should be at least one submission in a batch')
  if (size > MAX_BATCH_SIZE) throw invalidRequest(`number of submissions in a batch should be less than or equal to ${MAX_BATCH_SIZE}`)
}

/** @throws InvalidSubmission, ServiceError */
async function accepted (sent: unknown, base64: boolean, { images, config, callbacks }: CompatParts): Promise<CheckedSubmission> {
  const languages = languagesOf(await images.languages())
  const attributes = readAttributes(sent, { languages, settings: config, checkCallback: callbacks?.check, base64 })
  return await checkedSubmission(newSubmission(attributes, new Date().toISOString()), languages, config)
}

async function acceptedOrInvalid (sent: unknown, base64: boolean, parts: CompatParts): Promise<Submission | InvalidSubmission> {
  try {
    return (await accepted(sent, base64, parts)).submission
  } catch (error) {
    if (error instanceof InvalidSubmission) return error
    throw error
  }
}

function createdFields (submission: Submission, { fields, base64 }: Format): Record<string, unknown> {
  try {
    return fieldsOf(submission, fields, base64)
  } catch (error) {
    if (error instanceof ConversionError) return { token: submission.token, error: error.message }
    throw error
  }
}
