import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import type { ImageDescription, Images } from '../../runs/ports.js'
import { errorResponses } from '../error-responses.js'
import { listedNames } from '../language-images.js'

const QuerySchema = Type.Object({ details: Type.Optional(Type.String({ description: '1 adds the aliases, version, main file, image and an example program' })) })

const LanguagesSchema = Type.Object({
  languages: Type.Union([
    Type.Array(Type.String(), { description: 'Names and listed aliases' }),
    Type.Array(Type.Object({
      name: Type.String(),
      aliases: Type.Array(Type.String()),
      version: Type.String(),
      main: Type.String({ description: 'The name of the main file' }),
      image: Type.String(),
      hello: Type.String({ description: 'A program that prints a greeting' })
    }), { description: 'With details=1' })
  ])
}, { description: 'The languages whose images are present', examples: [{ languages: ['javascript', 'python', 'ruby'] }] })

export function addLanguagesRoute (app: FastifyInstance, { images }: { images: Images }): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get('/api/languages', {
    schema: {
      summary: 'List the supported languages',
      tags: ['status'],
      querystring: QuerySchema,
      response: { 200: LanguagesSchema, ...errorResponses('invalidRequest', 'engineUnreachable', 'containerCreateFailed', 'internal') }
    }
  }, async (request) => {
    const present = await images.languages()
    const { details } = request.query
    const namesOnly = details === undefined || details === '0' || details === 'false'
    return { languages: namesOnly ? listedNames(present) : detailsOf(present) }
  })
}

function detailsOf (present: ImageDescription[]) {
  return present.flatMap(({ ref, language }) => language === undefined
    ? []
    : [{ name: language.name, aliases: language.aliases, version: language.version, main: language.main, image: ref, hello: language.hello }])
}
