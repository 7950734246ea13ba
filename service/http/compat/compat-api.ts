import type { FastifyInstance } from 'fastify'

import type { CodeRunParts } from '../code-runs.js'
import type { About } from '../plugins/openapi.js'

export interface CompatParts extends CodeRunParts {
  about: About
  /** Aborts when the service shuts down, with the error for the clients of interactive runs as its reason. */
  stopping: AbortSignal
}

/** The routes of an API that is compatible with another system. */
export interface CompatApi {
  /** The name of the API in `COMPAT_APIS`. */
  name: string
  /** Adds the routes to a scope of their own, in which a token is required. */
  addRoutes (scope: FastifyInstance, parts: CompatParts): void
}
