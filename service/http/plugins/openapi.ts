import swagger, { type StaticDocumentSpec } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

import { PayloadSchema } from '../../protocol/payload.js'

/** The service's name and version, from package.json. */
export interface About {
  name: string
  version: string
  description: string
}

/** Describes the routes from their schemas. Call before adding routes. */
export async function addOpenApi (app: FastifyInstance, about: About, ui: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      // The schemas are JSON Schema 2020-12; the dialect of OpenAPI 3.0 has no numeric exclusiveMinimum.
      openapi: '3.1.0',
      info: { title: about.name, version: about.version, description: about.description },
      tags: [
        { name: 'run', description: 'Run programs. Needs an access token.' },
        { name: 'status', description: 'State of the service. No token needed, except for /version.' }
      ],
      components: {
        schemas: { Payload: PayloadSchema as object },
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          accessToken: { type: 'apiKey', in: 'header', name: 'X-Access-Token' }
        }
      }
    }
  })
  if (ui) await addPages(app)
}

/** Documents all routes of `scope` as needing a token. */
export function documentToken (scope: FastifyInstance): void {
  scope.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, security: [{ bearer: [] }, { accessToken: [] }] } as object
  })
}

/** Serves `/openapi.json` and `/docs` of another application's routes. */
export async function addDocsOf (app: FastifyInstance, document: ReturnType<FastifyInstance['swagger']>): Promise<void> {
  await app.register(swagger, { mode: 'static', specification: { document } as StaticDocumentSpec })
  await addPages(app)
}

async function addPages (app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true } as object }, async () => app.swagger())
  await app.register(swaggerUi, { routePrefix: '/docs' })
}
