import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { ResultSchema } from '../protocol/result.js'
import type { RunRequest, Runs } from '../runs/ports.js'
import { clientSignal } from './client-signal.js'
import { identityOf } from './code-runs.js'
import { EventStreamResponse } from './event-stream-response.js'
import { reportedError } from './plugins/errors.js'

/** A run without the members that depend on the connection. */
type Run = Omit<RunRequest, 'requestId' | 'tokenName' | 'signal' | 'events'>

const { description = '', examples } = ResultSchema as { description?: string, examples?: unknown[] }
const EVENTS_EXAMPLE = 'event: stdout\ndata: {"type":"stdout","text":"Hello World!\\n"}\n\n' +
  `event: result\ndata: ${JSON.stringify({ type: 'result', result: examples?.[0] })}\n\n`

/** The response of routes that support server-sent events. */
export const RUN_RESPONSE = {
  description,
  content: {
    'application/json': { schema: ResultSchema },
    'text/event-stream': {
      schema: Type.String({
        description: 'If the Accept header contains text/event-stream: the events build, stdout, stderr, case and result or error',
        examples: [EVENTS_EXAMPLE]
      })
    }
  }
}

/** Returns whether the client explicitly accepts server-sent events. */
export function acceptsEvents ({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return type === 'text/event-stream' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}

/** Runs a program and sends its result, or its events if the client accepts them. @throws ServiceError before the response has begun */
export async function respondToRun (runs: Runs, request: FastifyRequest, reply: FastifyReply, run: Run): Promise<FastifyReply> {
  if (!acceptsEvents(request)) return await respondWithResult(runs, request, reply, run)
  const events = new EventStreamResponse(reply, { maxBufferedBytes: 2 * run.limits.resultBytes })
  try {
    const { json } = await runs.run({ ...run, ...identityOf(request), signal: clientSignal(reply), events })
    events.end(json)
  } catch (error) {
    if (!events.begun) throw error
    events.fail(reportedError(error as FastifyError, request), request.id)
  }
  return reply
}

/** Runs a program and sends the result as the bytes that the image wrote. @throws ServiceError */
export async function respondWithResult (runs: Runs, request: FastifyRequest, reply: FastifyReply, run: Run): Promise<FastifyReply> {
  const { json } = await runs.run({ ...run, ...identityOf(request), signal: clientSignal(reply) })
  return reply.type('application/json; charset=utf-8').send(json)
}
