import type { FastifyInstance, FastifyReply } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'

import type { Images, RunAnswer, RunRequest, Runs } from '../../runs/ports.js'
import { memberText } from '../plugins/body-parser.js'
import { clientGone } from '../client-gone.js'
import { stricterLimits, toPayloadLimits, toRequestedLimits } from '../../protocol/limits.js'
import { errorAnswers, ResultSchema, RunBodySchema, runErrors, type Payload, type RequestLimits } from '../../protocol/payload.js'
import { checkPayload } from '../../protocol/payload-check.js'

/** glot's route: any allowed image, its payload, its result. */
export function addRunRoute (scope: FastifyInstance, { images, runs }: { images: Images, runs: Runs }): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().post('/run', {
    schema: {
      summary: 'Run a payload in a container of an image',
      tags: ['run'],
      body: RunBodySchema,
      response: { 200: ResultSchema, ...runErrors, ...errorAnswers(403) }
    }
  }, async (request, reply) => {
    const { image: ref, payload, limits } = request.body
    const image = await images.describe(ref)
    const submission = image.language === undefined
      ? foreignSubmission(request.bodyText, limits)
      : ownSubmission(checkPayload(request, payload), limits)
    return sendResult(reply, await runs.run({
      ...submission, image, requestId: request.id, tokenName: request.tokenName, signal: clientGone(reply)
    }))
  })
}

/** The image's own words, byte for byte. */
export function sendResult (reply: FastifyReply, { json }: RunAnswer): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(json)
}

type Submission = Pick<RunRequest, 'payload' | 'sources' | 'limits'>

/** A checked payload, as our runner takes it: the stricter of its own limits and those beside the image. */
export function ownSubmission (payload: Payload, besideImage?: RequestLimits | null): Submission {
  const limits = stricterLimits(toRequestedLimits(payload.limits), toRequestedLimits(besideImage))
  return {
    payload: JSON.stringify({ ...knownFields(payload), limits: toPayloadLimits(limits) }),
    sources: payload.files.map(({ content }) => content),
    limits
  }
}

/** The others are ignored, so that they need not be checked. */
function knownFields ({ language, files, stdin, command, runInstructions, args, env }: Payload): Payload {
  const instructions = runInstructions && { buildCommands: runInstructions.buildCommands, runCommand: runInstructions.runCommand }
  const known = { language, files: files.map(({ name, content }) => ({ name, content })), stdin, command, runInstructions: instructions, args, env }
  return known as Payload
}

function foreignSubmission (bodyText: string, limits: RequestLimits | null | undefined): Submission {
  return { payload: memberText(bodyText, 'payload') ?? 'null', sources: [bodyText], limits: toRequestedLimits(limits) }
}
