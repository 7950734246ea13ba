import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { invalidRequest } from '../../../errors.js'
import { ConversionError, doesNotExist } from './errors.js'
import { documentedQuery } from './documented-schema.js'
import { formatOf, type Format } from './query.js'
import { BatchGetQuery, BatchSubmissionsSchema, errorSchemas, FieldsSchema, GetQuery, TokenParams } from './schema.js'
import type { SubmissionStore } from './store.js'
import { fieldsOf, type Submission } from './submission.js'
import { checkBatchSize } from './submissions.js'

const tags = ['run']

/** Adds the routes that return submissions, and those that Judge0 refuses unless its administrator enables them. */
export function addResultRoutes (scope: FastifyInstance, store: SubmissionStore): void {
  const typed = scope.withTypeProvider<TypeBoxTypeProvider>()

  typed.get('/submissions/:token', {
    config: { documented: { querystring: documentedQuery(GetQuery) } },
    schema: { summary: 'Get a submission (Judge0)', tags, params: TokenParams, querystring: GetQuery, response: { 200: FieldsSchema, ...errorSchemas(400, 401, 404, 429, 503) } }
  }, async (request) => {
    const format = formatOf(request.query)
    const [submission] = await store.find([request.params.token])
    if (submission === undefined) throw doesNotExist()
    return convertedFields(submission, format, 'this submission')
  })

  typed.get('/submissions/batch', {
    config: { documented: { querystring: documentedQuery(BatchGetQuery) } },
    schema: { summary: 'Get several submissions (Judge0)', tags, querystring: BatchGetQuery, response: { 200: BatchSubmissionsSchema, ...errorSchemas(400, 401, 429, 503) } }
  }, async (request) => {
    const tokens = (request.query.tokens ?? '').split(',').filter((token) => token !== '').map((token) => token.trim())
    checkBatchSize(tokens.length)
    const format = formatOf(request.query)
    const submissions = await store.find(tokens)
    return { submissions: submissions.map((each) => each === undefined ? null : convertedFields(each, format, 'one or more submissions')) }
  })

  const refused = { tags, response: errorSchemas(401, 403, 429) }
  const refuse = async (_request: FastifyRequest, reply: FastifyReply) => await reply.code(403).send({ error: 'There is no authorization token' })
  scope.get('/submissions', { schema: { summary: 'List submissions (Judge0): not allowed', ...refused } }, refuse)
  scope.delete('/submissions/:token', { schema: { summary: 'Delete a submission (Judge0): not allowed', params: TokenParams, ...refused } }, refuse)
  scope.post('/authorize', { schema: { summary: 'Check an authorization token (Judge0): not allowed', ...refused } }, refuse)
}

/** @throws ServiceError `request.invalid` if a text is not UTF-8 and base64 was not requested */
function convertedFields (submission: Submission, { fields, base64 }: Format, subject: 'this submission' | 'one or more submissions'): Record<string, unknown> {
  try {
    return fieldsOf(submission, fields, base64)
  } catch (error) {
    throw error instanceof ConversionError ? invalidRequest(new ConversionError(subject).message) : error
  }
}
