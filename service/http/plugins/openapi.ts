import swagger, { type StaticDocumentSpec } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

import { DocumentedPayloadSchema } from '../../protocol/documented-payload.js'
import { addPageHeaders } from './page-headers.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The schemas in the OpenAPI document that differ from those of the route, because the route itself validates a part of the request. */
    documented?: { body?: object, querystring?: object, headers?: object }
  }
}

/** Swagger UI adds style elements, which contain its icons. */
const DOCS_POLICY = { 'style-src': ["'self'", "'unsafe-inline'"] }

/** The name, version and description of the service from package.json. */
export interface About {
  name: string
  version: string
  description: string
}

/** Generates the OpenAPI description from the route schemas. Must be called before routes are added. */
export async function addOpenApi (app: FastifyInstance, about: About, ui: boolean): Promise<void> {
  await app.register(swagger, {
    transform: ({ schema, url, route: { config } }) => ({ schema: { ...schema, ...config?.documented }, url }),
    openapi: {
      // The schemas use JSON Schema 2020-12. OpenAPI 3.0 does not support a numeric exclusiveMinimum.
      openapi: '3.1.0',
      info: { title: about.name, version: about.version, description: about.description },
      tags: [
        { name: 'run', description: 'Run programs. These routes require an access token.' },
        { name: 'jobs', description: 'Run programs later. These routes require an access token and a service with Redis.' },
        { name: 'status', description: 'State of the service. Only /version requires an access token.' }
      ],
      components: {
        schemas: { Payload: DocumentedPayloadSchema as object },
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          accessToken: { type: 'apiKey', in: 'header', name: 'X-Access-Token' },
          authToken: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
          basic: { type: 'http', scheme: 'basic', description: 'The token is the user name or the password' }
        }
      }
    }
  })
  if (ui) await addPages(app)
}

/**
 * Documents that all routes of `scope` require a token.
 * @param header the additional header that can contain it
 */
export function documentToken (scope: FastifyInstance, { basic, header }: { basic: boolean, header?: 'x-auth-token' | undefined }): void {
  const security = [{ bearer: [] }, { accessToken: [] }, ...basic ? [{ basic: [] }] : [], ...header === undefined ? [] : [{ authToken: [] }]]
  scope.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, security } as object
  })
}

/** Serves `/openapi.json` and `/docs` for the routes of another application. */
export async function addDocsOf (app: FastifyInstance, document: ReturnType<FastifyInstance['swagger']>): Promise<void> {
  await app.register(swagger, { mode: 'static', specification: { document } as StaticDocumentSpec })
  await addPages(app)
}

async function addPages (app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true } as object }, async () => app.swagger())
  await app.register(async (scope) => {
    await addPageHeaders(scope, DOCS_POLICY)
    await scope.register(swaggerUi, { routePrefix: '/docs', uiConfig: { validatorUrl: 'none' } })
  })
}
