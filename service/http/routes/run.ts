import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'

import type { Config } from '../../config/config.js'
import { DocumentedPayloadSchema } from '../../protocol/documented-payload.js'
import { topLevelMembers } from '../../protocol/json-scanner.js'
import { checkContainerLimits, foreignRunLimits, fromWireLimits, type MaximumLimits, type WireLimits } from '../../protocol/limits.js'
import { checkVersion } from '../../protocol/payload-checks.js'
import { nullableLimits } from '../../protocol/payload-schema.js'
import { encodePayload, type Submission } from '../../protocol/payload.js'
import type { ImageDescription, Images, Runs } from '../../runs/ports.js'
import { errorResponses, RUN_ERRORS } from '../error-responses.js'
import { validPayload } from '../image-payload.js'
import { acceptsEvents, respondToRun, RUN_RESPONSE } from '../run-response.js'

/** An image name consists of registry and path (up to 255 characters), tag (128) and digest (71 or more) (distribution/reference). */
const MAX_IMAGE_NAME_LENGTH = 512

const BodySchema = Type.Object({
  image: Type.String({ minLength: 1, maxLength: MAX_IMAGE_NAME_LENGTH, description: 'For example runonce/python:latest' }),
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
    config: { documentedBody: DocumentedBodySchema },
    schema: {
      summary: 'Run a payload in a container of an image',
      tags: ['run'],
      body: BodySchema,
      response: { 200: RUN_RESPONSE, ...errorResponses(...RUN_ERRORS, 'imageNotAllowed') }
    }
  }, async (request, reply) => {
    checkContainerLimits(request.body.limits, 'limits', parts.config.container)
    const image = await parts.images.describe(request.body.image)
    checkVersion(request.body.payload, image.ref, image.language?.protocol)
    return await respondToRun(parts.runs, request, reply, { ...submissionOf(request, image, parts.config), image })
  })
}

function submissionOf (request: FastifyRequest<{ Body: Static<typeof BodySchema> }>, image: ImageDescription, config: RunParts['config']): Submission {
  const { payload, limits } = request.body
  if (image.language === undefined) return foreignSubmission(request.rawBody, limits, config.run)
  return encodePayload(validPayload(request, payload, config), { requested: limits, maximum: config.run, version: image.language.protocol, stream: acceptsEvents(request) })
}

/** Extracts the payload of a foreign image, which is forwarded byte for byte. */
function foreignSubmission (body: Buffer | null, limits: WireLimits | null | undefined, maximum: MaximumLimits): Submission {
  const payload = body === null ? undefined : topLevelMembers(body)?.get('payload')?.toString('utf8').trim()
  return { payload: Buffer.from(payload ?? 'null'), limits: foreignRunLimits(fromWireLimits(limits), maximum), streams: false }
}
