import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { nullableLimits, nullableString } from '../../protocol/payload.js'
import { ResultSchema } from '../../protocol/result.js'
import { runCode, sendResult, type CodeRunParts } from '../code-runs.js'
import { errorResponses, RUN_ERRORS } from '../error-responses.js'

const ParamsSchema = Type.Object({ language: Type.String() })

const BodySchema = Type.Object({
  code: Type.String({ description: 'The program' }),
  input: Type.Optional(nullableString('The program\'s standard input')),
  limits: Type.Optional(nullableLimits)
}, { examples: [{ code: 'print("Hello World!")' }] })

/** Adds the routes of run-user-code, which run a program and return the complete result. */
export function addRunUserCode (scope: FastifyInstance, parts: CodeRunParts): void {
  const typed = scope.withTypeProvider<TypeBoxTypeProvider>()
  const schema = { tags: ['run'], body: BodySchema, response: { 200: ResultSchema, ...errorResponses('unsupportedLanguage', ...RUN_ERRORS) } }

  typed.post('/run/:language', {
    schema: { ...schema, summary: 'Run a program in a language', params: ParamsSchema }
  }, async (request, reply) =>
    sendResult(reply, await runCode(parts, request, reply, { ...request.body, language: request.params.language })))

  typed.post('/', {
    schema: { ...schema, summary: 'Run a Python program' }
  }, async (request, reply) =>
    sendResult(reply, await runCode(parts, request, reply, { ...request.body, language: 'python' })))
}
