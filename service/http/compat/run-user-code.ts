import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { nullableLimits, nullableString } from '../../protocol/payload-schema.js'
import { ResultSchema } from '../../protocol/result.js'
import { codeRun, type CodeRunParts } from '../code-runs.js'
import { errorResponses, RUN_ERRORS } from '../error-responses.js'
import { acceptsEvents, respondToRun, respondWithResult, RUN_RESPONSE } from '../run-response.js'
import type { CompatApi } from './compat-api.js'

const ParamsSchema = Type.Object({ language: Type.String() })

const BodySchema = Type.Object({
  code: Type.String({ description: 'The program' }),
  input: Type.Optional(nullableString('The program\'s standard input')),
  limits: Type.Optional(nullableLimits)
}, { examples: [{ code: 'print("Hello World!")' }] })

/** The routes of run-user-code, which run a program and return the complete result. */
export const runUserCode: CompatApi = { name: 'run-user-code', addRoutes }

function addRoutes (scope: FastifyInstance, parts: CodeRunParts): void {
  const typed = scope.withTypeProvider<TypeBoxTypeProvider>()
  const schema = { tags: ['run'], body: BodySchema }
  const errors = errorResponses('unsupportedLanguage', ...RUN_ERRORS)

  typed.post('/run/:language', {
    schema: { ...schema, summary: 'Run a program in a language', params: ParamsSchema, response: { 200: RUN_RESPONSE, ...errors } }
  }, async (request, reply) => {
    const run = await codeRun(parts, { ...request.body, language: request.params.language }, { stream: acceptsEvents(request) })
    return await respondToRun(parts.runs, request, reply, run)
  })

  typed.post('/', {
    schema: { ...schema, summary: 'Run a Python program', response: { 200: ResultSchema, ...errors } }
  }, async (request, reply) => {
    const run = await codeRun(parts, { ...request.body, language: 'python' }, { stream: false })
    return await respondWithResult(parts.runs, request, reply, run)
  })
}
