import type { WebSocket } from '@fastify/websocket'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'

import type { Config } from '../../config/config.js'
import { invalidRequest, upgradeRequired, wrongToken, type ServiceError } from '../../errors.js'
import { checkInteractive } from '../../protocol/image-labels.js'
import { checkContainerLimits } from '../../protocol/limits.js'
import { windowSize } from '../../protocol/input-messages.js'
import { encodePayload } from '../../protocol/payload.js'
import type { Images, RunRequest, Runs } from '../../runs/ports.js'
import type { ServiceMetrics } from '../../runs/status-ports.js'
import { codePayload, identityOf } from '../code-runs.js'
import { errorResponses } from '../error-responses.js'
import { errorEventJson, resultEventParts } from '../event-queue.js'
import { AnonymousSockets } from '../interactive/anonymous-sockets.js'
import { inputLines, parseMessage, validStartMessage, type CodeMessage, type ImageMessage, type StartMessage } from '../interactive/messages.js'
import { sessionOpener, type SessionParts } from '../interactive/open-sessions.js'
import type { InteractiveSession } from '../interactive/session.js'
import { validPayload } from '../image-payload.js'
import type { TokenCheck } from '../plugins/auth.js'
import { reportedError } from '../plugins/errors.js'
import type { RateLimits } from '../plugins/rate-limit.js'

const INTERACTIVE_PATH = '/run/interactive'

/** Close codes (RFC 6455, section 7.4.1, and the IANA registry). */
const NORMAL = 1000
const POLICY_VIOLATION = 1008
const INTERNAL_ERROR = 1011
const TRY_AGAIN_LATER = 1013

const DESCRIPTION = `A WebSocket. The first message is the body of \`POST /run\` or \`POST /run/:language\` (with the member \`language\`),
with the optional members \`token\` and \`tty\`. Further messages are \`stdin\`, \`stdinEnd\`, \`signal\` and \`resize\`. The service
sends the events \`build\`, \`stdout\`, \`stderr\`, and finally \`result\` or \`error\`. docs/api.md describes all messages.
Too many handshakes without a token return 503.`

interface InteractiveParts extends SessionParts {
  images: Images
  runs: Runs
  config: Pick<Config, 'run' | 'container'>
  checkToken: TokenCheck
  limits: RateLimits
  metrics?: ServiceMetrics | undefined
}

/** Adds `GET /run/interactive`, a WebSocket for a program whose input is sent while it runs. */
export function addInteractiveRoute (scope: FastifyInstance, parts: InteractiveParts): void {
  const anonymous = new AnonymousSockets()
  const openSession = sessionOpener(parts)
  scope.route({
    method: 'GET',
    url: INTERACTIVE_PATH,
    schema: {
      summary: 'Run a program interactively (WebSocket)',
      description: DESCRIPTION,
      tags: ['run'],
      response: errorResponses('upgradeRequired', 'wrongToken', 'rateLimited')
    } as object,
    onRequest: (request, _reply, done) => {
      if (request.ws && request.tokenName === '') anonymous.admit(request)
      done()
    },
    handler: async () => { throw upgradeRequired() },
    wsHandler: (socket: WebSocket, request) => serve({ ...parts, authenticated: () => anonymous.release(request) }, openSession(socket), request)
  })
}

async function serve (parts: InteractiveParts & { authenticated: () => void }, session: InteractiveSession, request: FastifyRequest): Promise<void> {
  try {
    const first = parseMessage(await session.firstMessage())
    if (request.tokenName === '') await authenticate(parts, request, first.token)
    parts.authenticated()
    const run = await runOf(parts, request, validStartMessage(request, first))
    session.forwardInput((message) => inputLines(request, message))
    const { json } = await parts.runs.run({ ...run, ...identityOf(request), signal: session.signal, events: session, input: session.input })
    session.finish(Buffer.concat(resultEventParts(json)), NORMAL)
  } catch (error) {
    const known = reportedError(error as FastifyError, request)
    session.finish(errorEventJson(known, request.id), closeCode(known))
  }
}

function closeCode ({ statusCode }: ServiceError): number {
  if (statusCode === 503) return TRY_AGAIN_LATER
  return statusCode < 500 ? POLICY_VIOLATION : INTERNAL_ERROR
}

/** @throws ServiceError `access_token`, `rate_limit` */
async function authenticate ({ checkToken, limits, metrics }: InteractiveParts, request: FastifyRequest, token: unknown): Promise<void> {
  const name = typeof token === 'string' ? checkToken(Buffer.from(token)) : undefined
  if (name === undefined) {
    // The handshake counts with the status of its response, 101, so the wrong token is counted here.
    metrics?.responded('GET', INTERACTIVE_PATH, 401)
    throw wrongToken()
  }
  request.tokenName = name
  await limits.byToken?.(request)
}

type Run = Pick<RunRequest, 'image' | keyof ReturnType<typeof encodePayload>>

/** @throws ServiceError */
async function runOf (parts: InteractiveParts, request: FastifyRequest, message: StartMessage): Promise<Run> {
  const { image, payload } = 'language' in message ? await codeRun(parts, message) : await imageRun(parts, request, message)
  if (payload.cases != null) throw invalidRequest('payload.cases must not be used in an interactive run')
  const interactive = { terminal: windowSize(message.tty) }
  const version = image.language?.protocol ?? 1
  return { image, ...encodePayload(payload, { requested: message.limits, maximum: parts.config.run, version, interactive }) }
}

async function codeRun (parts: InteractiveParts, message: CodeMessage) {
  const run = await codePayload(parts, message)
  checkInteractive(run.image)
  return run
}

async function imageRun ({ images, config }: InteractiveParts, request: FastifyRequest, { image: ref, payload, limits }: ImageMessage) {
  checkContainerLimits(limits, 'limits', config.container)
  const image = await images.describe(ref)
  checkInteractive(image)
  return { image, payload: validPayload(request, payload, config) }
}
