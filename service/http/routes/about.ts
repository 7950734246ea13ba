import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import type { About } from '../plugins/openapi.js'

const AboutSchema = Type.Object({
  name: Type.String(), version: Type.String(), description: Type.String()
}, { description: 'Name and version of the service' })

export function addAboutRoute (app: FastifyInstance, { about }: { about: About }): void {
  const response = { 200: { ...AboutSchema, examples: [about] } }
  app.get('/', { schema: { summary: 'Get the service\'s name and version', tags: ['status'], response } }, async () => about)
}
