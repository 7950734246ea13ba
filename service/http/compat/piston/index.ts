import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { invalidRequest } from '../../../errors.js'
import { respondToErrors } from '../../plugins/errors.js'
import type { CompatApi, CompatParts } from '../compat-api.js'
import { InterleavedOutput } from '../interleaved-output.js'
import { runPayload } from '../payload-run.js'
import { addConnectRoute } from './connect.js'
import { jobOf } from './request.js'
import { responseOf } from './response.js'
import { runtimesOf } from './runtimes.js'
import { ERROR_RESPONSES, ExecuteResponseSchema, ExecuteSchema, PackagesSchema, RuntimesSchema } from './schema.js'

const { 401: wrongToken, 429: rateLimited, 500: failed } = ERROR_RESPONSES
const LIST_ERRORS = { 401: wrongToken, 429: rateLimited, 500: failed }
const tags = ['run']

/** The API of Piston, version 2. */
export const piston: CompatApi = { name: 'piston', addRoutes }

function addRoutes (scope: FastifyInstance, parts: CompatParts): void {
  const { images, config } = parts
  respondToErrors(scope, config.run.payloadBytes, ({ statusCode, slug, body }) => ({
    status: statusCode,
    body: { message: slug === 'request.media_type' ? 'requests must be of type application/json' : body.message }
  }))
  const typed = scope.withTypeProvider<TypeBoxTypeProvider>()
  addConnectRoute(scope, parts)

  typed.post('/api/v2/execute', {
    config: { documented: { body: ExecuteSchema } },
    schema: { summary: 'Run a program (Piston)', tags, body: Type.Object({}), response: { 200: ExecuteResponseSchema, ...ERROR_RESPONSES } }
  }, async (request, reply) => {
    const job = jobOf(request.body, runtimesOf(await images.languages()), config)
    const events = new InterleavedOutput()
    const result = await runPayload(parts, request, reply, { image: job.runtime.image, payload: job.payload, times: job.times, events })
    if (result.outcome === 'invalid') throw invalidRequest(result.error)
    return responseOf(result, job, events.of(result).toString('utf8'))
  })

  typed.get('/api/v2/runtimes', {
    schema: { summary: 'List the languages (Piston)', tags, response: { 200: RuntimesSchema, ...LIST_ERRORS } }
  }, async () => runtimesOf(await images.languages()).map(({ language, version, aliases }) => ({ language, version, aliases })))

  typed.get('/api/v2/packages', {
    schema: { summary: 'List the installed languages (Piston)', tags, response: { 200: PackagesSchema, ...LIST_ERRORS } }
  }, async () => runtimesOf(await images.languages()).map(({ language, version }) => ({ language, language_version: version, installed: true })))
}
