import swagger, { type StaticDocumentSpec } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

import { PayloadSchema } from '../../protocol/payload.js'
import type { About } from '../routes/health.js'

/** Describes the routes from their own schemas. Call before the routes. */
export async function addOpenApi (app: FastifyInstance, about: About, ui: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      // The schemas are JSON Schema's as of 2020-12; 3.0's own dialect has no numeric exclusiveMinimum.
      openapi: '3.1.0',
      info: { title: about.name, version: about.version, description: about.description },
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

/** `/openapi.json` and `/docs` of another application's routes. */
export async function addDocsOf (app: FastifyInstance, document: ReturnType<FastifyInstance['swagger']>): Promise<void> {
  await app.register(swagger, { mode: 'static', specification: { document } as StaticDocumentSpec })
  await addPages(app)
}

async function addPages (app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true } as object }, async () => app.swagger())
  await app.register(swaggerUi, { routePrefix: '/docs' })
}
