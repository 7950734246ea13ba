import type { WebSocket } from '@fastify/websocket'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'

import { invalidRequest, upgradeRequired, type ServiceError } from '../../../errors.js'
import { checkInteractive } from '../../../protocol/image-labels.js'
import { encodeInput } from '../../../protocol/input-messages.js'
import { buildLimitMs } from '../../../protocol/limits.js'
import { checkPayload } from '../../../protocol/payload-checks.js'
import { encodePayload } from '../../../protocol/payload.js'
import type { RunEvents } from '../../../runs/ports.js'
import { identityOf } from '../../code-runs.js'
import { parseMessage } from '../../interactive/messages.js'
import { sessionOpener } from '../../interactive/open-sessions.js'
import type { InteractiveSession } from '../../interactive/session.js'
import { reportedError } from '../../plugins/errors.js'
import type { CompatParts } from '../compat-api.js'
import { resultOf } from '../payload-run.js'
import { CLOSE, closing, eventMessages, exitMessage, inputLines, json } from './messages.js'
import { jobOf, type Job } from './request.js'
import { runtimesOf } from './runtimes.js'
import { ERROR_RESPONSES, errorSchema } from './schema.js'

const INIT_MS = 1_000
const KILL = encodeInput({ type: 'signal', signal: 'KILL' })

const DESCRIPTION = `A WebSocket. The client sends \`init\` with the members of \`POST /api/v2/execute\`, then \`data\` and \`signal\`. The service
sends \`runtime\`, \`stage\`, \`data\`, \`exit\` and \`error\`.`

/** Adds `GET /api/v2/connect`, a WebSocket for a program whose input is sent while it runs. */
export function addConnectRoute (scope: FastifyInstance, parts: CompatParts): void {
  const openSession = sessionOpener(parts)
  const { 401: wrongToken, 429: rateLimited } = ERROR_RESPONSES
  scope.route({
    method: 'GET',
    url: '/api/v2/connect',
    schema: {
      summary: 'Run a program interactively (Piston, WebSocket)',
      description: DESCRIPTION,
      tags: ['run'],
      response: { 401: wrongToken, 426: errorSchema('The request is not a WebSocket handshake of version 13'), 429: rateLimited }
    } as object,
    handler: async () => { throw upgradeRequired() },
    wsHandler: (socket: WebSocket, request) => serve(parts, openSession(socket, { firstMessageMs: INIT_MS, format: eventMessages }), request)
  })
}

async function serve (parts: CompatParts, session: InteractiveSession, request: FastifyRequest): Promise<void> {
  const stopTimer = new AbortController()
  try {
    const job = await initialJob(parts, parseMessage(await session.firstMessage()))
    session.forwardInput(inputLines)
    const run = {
      ...submissionOf(job, parts), image: job.runtime.image, ...identityOf(request), signal: session.signal, events: eventsOf(job, session, stopTimer.signal), input: session.input
    }
    const result = await resultOf(parts.runs.run(run))
    if (result.outcome === 'invalid') throw invalidRequest(result.error)
    session.finish(exitMessage(result), ...CLOSE.completed)
  } catch (error) {
    fail(session, reportedError(error as FastifyError, request))
  } finally {
    stopTimer.abort()
  }
}

/** @throws ServiceError */
async function initialJob ({ images, config }: CompatParts, message: Record<string, unknown>): Promise<Job> {
  if (message.type !== 'init') throw closing(CLOSE.notInitialized)
  const run = { ...config.run, timeMs: config.run.interactiveTimeMs, buildTimeMs: buildLimitMs(config.run) }
  const job = jobOf(message, runtimesOf(await images.languages()), { ...config, run })
  checkInteractive(job.runtime.image)
  return job
}

/** `limits.time` covers build and run. The timer of `eventsOf` limits the run itself. */
function submissionOf ({ runtime: { image }, payload, times: { buildMs, runMs } }: Job, { config }: CompatParts) {
  const steps = image.language?.builds === true ? { time: (buildMs + runMs) / 1000, buildTime: buildMs / 1000 } : { time: runMs / 1000 }
  const limited = { ...payload, stdin: '', limits: { ...payload.limits, ...steps } }
  checkPayload(limited, config.run)
  return encodePayload(limited, { maximum: config.run, version: image.language?.protocol ?? 1, interactive: { terminal: undefined } })
}

/** Announces the runtime and the stages. Kills the program at its time limit, which begins after the build. */
function eventsOf ({ runtime: { language, version, image }, times }: Job, session: InteractiveSession, stopTimer: AbortSignal): RunEvents {
  let announced = false
  return {
    started () {
      if (announced) return
      announced = true
      session.send(json({ type: 'runtime', language, version }))
      session.send(json({ type: 'stage', stage: image.language?.builds === true ? 'compile' : 'run' }))
    },
    event (event) {
      session.event(event)
      if (event.type !== 'build' || stopTimer.aborted) return
      const timer = setTimeout(() => session.input.write(KILL), times.runMs)
      stopTimer.addEventListener('abort', () => clearTimeout(timer))
    }
  }
}

function fail (session: InteractiveSession, { slug, body, message }: ServiceError): void {
  if (typeof body.closeCode === 'number') session.finish(undefined, body.closeCode, message)
  else if (slug === 'request.timeout') session.finish(undefined, ...CLOSE.initTimeout)
  else session.finish(json({ type: 'error', message }), ...CLOSE.notifiedError)
}
