import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import type { EngineStatus, EngineVersion } from '../../runs/ports.js'
import { errorResponses } from '../error-responses.js'
import type { About } from '../plugins/openapi.js'

export const ENGINE_VERSION_EXAMPLE: EngineVersion = {
  version: '20.10.24',
  apiVersion: '1.41',
  gitCommit: '5d6db84',
  goVersion: 'go1.19.8',
  os: 'linux',
  arch: 'amd64',
  kernelVersion: '6.1.0',
  buildTime: '2023-05-18',
  platform: { name: '' },
  components: [{ name: 'Engine', version: '20.10.24' }]
}

const VersionSchema = Type.Object({
  docker: Type.Object({
    version: Type.String(),
    apiVersion: Type.String(),
    gitCommit: Type.String(),
    goVersion: Type.String(),
    os: Type.String(),
    arch: Type.String(),
    kernelVersion: Type.String(),
    buildTime: Type.String(),
    platform: Type.Object({ name: Type.String() }),
    components: Type.Array(Type.Object({ name: Type.String(), version: Type.String() }))
  }),
  runonce: Type.Object({ version: Type.String() })
}, { examples: [{ docker: ENGINE_VERSION_EXAMPLE, runonce: { version: '0.1.0' } }] })

/** Adds `GET /version`, which is also a health check: it fails while the engine does not respond. Requires a token. */
export function addVersionRoute (scope: FastifyInstance, { about, engine }: { about: About, engine: EngineStatus }): void {
  scope.get('/version', {
    schema: {
      summary: 'Get the versions of the Docker engine and the service',
      tags: ['status'],
      response: { 200: VersionSchema, ...errorResponses('wrongToken', 'rateLimited', 'engineUnreachable', 'engineVersionFailed', 'internal') }
    }
  }, async () => ({ docker: await engine.version(), runonce: { version: about.version } }))
}
