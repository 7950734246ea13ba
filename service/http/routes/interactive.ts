import type { WebSocket } from '@fastify/websocket'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'

import type { Config } from '../../config/config.js'
import { invalidRequest, upgradeRequired, wrongToken, type ServiceError } from '../../errors.js'
import { checkContainerLimits } from '../../protocol/limits.js'
import { windowSize } from '../../protocol/input-messages.js'
import { checkPayload } from '../../protocol/payload-checks.js'
import { PayloadSchema, type Payload } from '../../protocol/payload-schema.js'
import { encodePayload, payloadOfCode } from '../../protocol/payload.js'
import type { ImageDescription, Images, RunRequest, Runs } from '../../runs/ports.js'
import type { ServiceMetrics } from '../../runs/status-ports.js'
import { checkCodeSize, identityOf } from '../code-runs.js'
import { errorResponses } from '../error-responses.js'
import { AnonymousSockets } from '../interactive/anonymous-sockets.js'
import { inputLines, parseMessage, validStartMessage, type CodeMessage, type ImageMessage, type StartMessage } from '../interactive/messages.js'
import { InteractiveSession } from '../interactive/session.js'
import { imageOfLanguage } from '../language-images.js'
import type { TokenCheck } from '../plugins/auth.js'
import { reportedError } from '../plugins/errors.js'
import type { RateLimits } from '../plugins/rate-limit.js'
import { validated } from '../plugins/validation.js'

export const INTERACTIVE_PATH = '/run/interactive'

/** The first version of the runner protocol that supports interactive runs. */
const VERSION = 2
/** Space for the events of a slow client beside the output of its program. */
const EVENT_BYTES = 1024 * 1024

const DESCRIPTION = `A WebSocket. The first message is the body of \`POST /run\` or \`POST /run/:language\` (with the member \`language\`),
with the optional members \`token\` and \`tty\`. Further messages are \`stdin\`, \`stdinEnd\`, \`signal\` and \`resize\`. The service
sends the events \`build\`, \`stdout\`, \`stderr\`, and finally \`result\` or \`error\`. docs/api.md describes all messages.
Too many handshakes without a token return 503.`

interface InteractiveParts {
  images: Images
  runs: Runs
  config: Pick<Config, 'run' | 'container'>
  checkToken: TokenCheck
  limits: RateLimits
  metrics?: ServiceMetrics | undefined
  /** Aborts when the service shuts down, with the error for the clients as its reason. */
  stopping: AbortSignal
}

/** Adds `GET /run/interactive`, a WebSocket for a program whose input is sent while it runs. */
export function addInteractiveRoute (scope: FastifyInstance, parts: InteractiveParts): void {
  const anonymous = new AnonymousSockets()
  const sessions = new Set<InteractiveSession>()
  parts.stopping.addEventListener('abort', () => { for (const session of sessions) session.abort(parts.stopping.reason as ServiceError) })
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
    wsHandler: (socket: WebSocket, request) => {
      const session = new InteractiveSession(socket, { maxQueuedBytes: 2 * parts.config.run.outputBytes + EVENT_BYTES })
      sessions.add(session)
      socket.once('close', () => sessions.delete(session))
      return serve({ ...parts, authenticated: () => anonymous.release(request) }, session, request)
    }
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
    session.end(json)
  } catch (error) {
    session.fail(reportedError(error as FastifyError, request), request.id)
  }
}

/** @throws ServiceError `access_token`, `rate_limit` */
async function authenticate ({ checkToken, limits, metrics }: InteractiveParts, request: FastifyRequest, token: unknown): Promise<void> {
  const name = typeof token === 'string' ? checkToken(Buffer.from(token)) : undefined
  if (name === undefined) {
    // The response to the handshake does not count as an attempt with a wrong token.
    metrics?.responded('GET', INTERACTIVE_PATH, 401)
    throw wrongToken()
  }
  request.tokenName = name
  await limits.byToken?.(request)
}

type Run = Pick<RunRequest, 'image' | keyof ReturnType<typeof encodePayload>>

/** @throws ServiceError */
async function runOf ({ images, config }: InteractiveParts, request: FastifyRequest, message: StartMessage): Promise<Run> {
  checkContainerLimits(message.limits, 'limits', config.container)
  const { image, payload } = 'language' in message ? await codeRun(images, message, config.run.codeBytes) : await imageRun(images, request, message)
  checkPayload(payload, config.run)
  checkContainerLimits(payload.limits, 'payload.limits', config.container)
  if (payload.cases != null) throw invalidRequest('payload.cases must not be used in an interactive run')
  const interactive = { terminal: windowSize(message.tty) }
  return { image, ...encodePayload(payload, { requested: message.limits, maximum: config.run, version: VERSION, interactive }) }
}

interface Prepared { image: ImageDescription, payload: Payload }

async function codeRun (images: Images, { language, code, input }: CodeMessage, maxBytes: number): Promise<Prepared> {
  checkCodeSize(code, maxBytes)
  const image = supported(imageOfLanguage(await images.languages(), language))
  return { image, payload: payloadOfCode(image.language?.main ?? 'main', code, input) }
}

async function imageRun (images: Images, request: FastifyRequest, { image: ref, payload }: ImageMessage): Promise<Prepared> {
  const image = supported(await images.describe(ref))
  return { image, payload: validated(request, PayloadSchema, payload, 'payload') }
}

/** @throws ServiceError `request.invalid` if the image does not support interactive runs */
function supported (image: ImageDescription): ImageDescription {
  const version = image.language?.protocol
  if (version !== undefined && version >= VERSION) return image
  const actual = version === undefined ? 'does not implement the protocol' : `implements version ${version}`
  throw invalidRequest(`Interactive runs require version ${VERSION} of the runner protocol, but the image ${image.ref} ${actual}`)
}
