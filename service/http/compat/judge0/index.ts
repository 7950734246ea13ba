import type { FastifyInstance } from 'fastify'

import { respondToErrors } from '../../plugins/errors.js'
import type { CompatApi, CompatParts } from '../compat-api.js'
import { errorResponse } from './errors.js'
import { addInformationRoutes } from './information.js'
import { addResultRoutes } from './results.js'
import { SubmissionRunner } from './runner.js'
import { storeOf } from './store.js'
import { addCreateRoutes } from './submissions.js'

/** The API of Judge0 CE, with its language IDs. */
export const judge0: CompatApi = { name: 'judge0', tokenHeader: 'x-auth-token', addRoutes }

function addRoutes (scope: FastifyInstance, parts: CompatParts): void {
  const { redis, config } = parts
  respondToErrors(scope, config.run.payloadBytes, errorResponse)
  const store = storeOf(redis, config.compat)
  const runner = new SubmissionRunner({ ...parts, store, log: scope.log })
  addCreateRoutes(scope, parts, runner)
  addResultRoutes(scope, store)
  addInformationRoutes(scope, parts)
  scope.addHook('onClose', async () => await runner.settled())
}
