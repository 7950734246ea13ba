import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import type { About } from '../plugins/openapi.js'

const AboutSchema = Type.Object({
  name: Type.String(),
  version: Type.String(),
  description: Type.String(),
  apis: Type.Array(Type.String(), { description: 'The compatible APIs that are enabled' })
}, { description: 'Name and version of the service' })

/** @param apis the names of the compatible APIs that are enabled */
export function addAboutRoute (app: FastifyInstance, about: About, apis: string[]): void {
  const body = { ...about, apis }
  const response = { 200: { ...AboutSchema, examples: [body] } }
  app.get('/', { schema: { summary: 'Get the service\'s name and version', tags: ['status'], response } }, async () => body)
}
