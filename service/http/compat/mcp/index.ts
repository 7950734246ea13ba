import type { FastifyInstance } from 'fastify'

import { respondToErrors } from '../../plugins/errors.js'
import type { CompatApi, CompatParts } from '../compat-api.js'
import { Cancellations } from './cancellations.js'
import { errorResponse } from './errors.js'
import { runCodeSchema } from './tools.js'

/** `POST /mcp`, a stateless server of the Model Context Protocol, whose tools run programs for language models. */
export const mcp: CompatApi = { name: 'mcp', addRoutes }

function addRoutes (scope: FastifyInstance, parts: CompatParts): void {
  respondToErrors(scope, parts.config.run.payloadBytes, errorResponse)
  const cancellations = new Cancellations()
  // Each schema is compiled once.
  const schema = runCodeSchema(parts.config)
  // JSON-RPC has one route for all methods, which OpenAPI cannot describe. Clients read the schemas with tools/list.
  scope.post('/mcp', { schema: { hide: true } as object }, async (request, reply) => {
    // The SDK takes 25 MB of memory, so it is not loaded before the first request.
    const { exchange } = await import('./exchange.js')
    return await exchange({ request, reply, parts, cancellations, schema })
  })
}
