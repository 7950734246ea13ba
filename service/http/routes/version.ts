import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import type { EngineStatus } from '../../runs/ports.js'
import { errorResponses } from '../error-responses.js'
import type { About } from '../plugins/openapi.js'

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
}, {
  examples: [{
    docker: {
      version: '26.1.5',
      apiVersion: '1.45',
      gitCommit: '411e817',
      goVersion: 'go1.21.13',
      os: 'linux',
      arch: 'amd64',
      kernelVersion: '6.12.0',
      buildTime: '2024-07-23T19:48:57.000000000+00:00',
      platform: { name: 'Docker Engine - Community' },
      components: [{ name: 'Engine', version: '26.1.5' }]
    },
    runonce: { version: '0.1.0' }
  }]
})

/** A health check for operators: fails while the engine does not respond. Needs a token. */
export function addVersionRoute (scope: FastifyInstance, { about, engine }: { about: About, engine: EngineStatus }): void {
  scope.get('/version', {
    schema: {
      summary: 'Get the versions of the Docker engine and the service',
      tags: ['status'],
      response: { 200: VersionSchema, ...errorResponses('wrongToken', 'rateLimited', 'engineUnreachable', 'engineVersionFailed', 'internal') }
    }
  }, async () => ({ docker: await engine.version(), runonce: { version: about.version } }))
}
