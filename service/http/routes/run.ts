import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { topLevelMembers } from '../../protocol/json-scanner.js'
import { checkContainerLimits, fromWireLimits, type ContainerCaps, type WireLimits } from '../../protocol/limits.js'
import { checkPayload, encodePayload, nullableLimits, PayloadSchema } from '../../protocol/payload.js'
import { ResultSchema } from '../../protocol/result.js'
import type { Images, RunRequest, Runs } from '../../runs/ports.js'
import { clientSignal } from '../client-signal.js'
import { sendResult } from '../code-runs.js'
import { errorResponses, RUN_ERRORS } from '../error-responses.js'
import { validated } from '../plugins/validation.js'

/** An image name consists of registry and path (up to 255 characters), tag (128) and digest (71 or more) (distribution/reference). */
const MAX_IMAGE_NAME_LENGTH = 512

const BodySchema = Type.Object({
  image: Type.String({ minLength: 1, maxLength: MAX_IMAGE_NAME_LENGTH, description: 'For example runonce/python:latest' }),
  payload: Type.Unknown({ description: 'Data for the stdin of the container. If the image implements the runner protocol, it must match the schema Payload.' }),
  limits: Type.Optional(nullableLimits)
}, {
  examples: [{
    image: 'runonce/python:latest',
    payload: { files: [{ name: 'main.py', content: 'print(input())' }], stdin: 'Hello World!' },
    limits: { time: 2 }
  }]
})

/** Adds glot's route `POST /run`, which runs a payload in any allowed image and returns the result. */
export function addRunRoute (scope: FastifyInstance, { images, runs, caps }: { images: Images, runs: Runs, caps: ContainerCaps }): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().post('/run', {
    schema: {
      summary: 'Run a payload in a container of an image',
      tags: ['run'],
      body: BodySchema,
      response: { 200: ResultSchema, ...errorResponses(...RUN_ERRORS, 'imageNotAllowed') }
    }
  }, async (request, reply) => {
    const { image: ref, payload, limits } = request.body
    checkContainerLimits(limits, 'limits', caps)
    const image = await images.describe(ref)
    let submission
    if (image.language === undefined) {
      submission = foreignSubmission(request.rawBody, limits)
    } else {
      const checked = validated(request, PayloadSchema, payload, 'payload')
      checkPayload(checked)
      checkContainerLimits(checked.limits, 'payload.limits', caps)
      submission = encodePayload(checked, limits)
    }
    return sendResult(reply, await runs.run({
      ...submission, image, requestId: request.id, tokenName: request.tokenName, signal: clientSignal(reply)
    }))
  })
}

/** Extracts the payload of a foreign image, which is forwarded byte for byte. */
function foreignSubmission (body: Buffer | null, limits: WireLimits | null | undefined): Pick<RunRequest, 'payload' | 'limits'> {
  const payload = body === null ? undefined : topLevelMembers(body)?.get('payload')?.toString('utf8').trim()
  return { payload: Buffer.from(payload ?? 'null'), limits: fromWireLimits(limits) }
}
