import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import type { Config } from '../../config/config.js'
import { DocumentedPayloadSchema } from '../../protocol/documented-payload.js'
import { nullableLimits } from '../../protocol/payload-schema.js'
import type { Images, Runs } from '../../runs/ports.js'
import { errorResponses, RUN_ERRORS } from '../error-responses.js'
import { ImageNameSchema, imageRun, payloadTextOf } from '../image-runs.js'
import { acceptsEvents, respondToRun, RUN_RESPONSE } from '../run-response.js'

const BodySchema = Type.Object({
  image: ImageNameSchema,
  payload: Type.Unknown(),
  limits: Type.Optional(nullableLimits)
}, {
  examples: [{
    image: 'runonce/python:latest',
    payload: { files: [{ name: 'main.py', content: 'print(input())' }], stdin: 'Hello World!' },
    limits: { time: 2 }
  }]
})

const DocumentedBodySchema = {
  ...BodySchema,
  properties: {
    ...BodySchema.properties,
    payload: { ...DocumentedPayloadSchema, description: 'Data for the stdin of the container. If the image does not implement the runner protocol, it can be any value.' }
  }
}

interface RunParts {
  images: Images
  runs: Runs
  config: Pick<Config, 'run' | 'container'>
}

/** Adds glot's route `POST /run`, which runs a payload in any allowed image and returns the result. */
export function addRunRoute (scope: FastifyInstance, parts: RunParts): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().post('/run', {
    config: { documented: { body: DocumentedBodySchema } },
    schema: {
      summary: 'Run a payload in a container of an image',
      tags: ['run'],
      body: BodySchema,
      response: { 200: RUN_RESPONSE, ...errorResponses(...RUN_ERRORS, 'imageNotAllowed') }
    }
  }, async (request, reply) => {
    const payloadText = () => payloadTextOf(request.rawBody)
    const run = await imageRun(parts, request, request.body, { stream: acceptsEvents(request), payloadText })
    return await respondToRun(parts.runs, request, reply, run)
  })
}
