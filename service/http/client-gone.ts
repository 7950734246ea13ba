import type { FastifyReply } from 'fastify'

import { ServiceError } from '../errors.js'

/**
 * A signal that fires when the client closes its connection before its answer is out.
 * (Fastify's own `request.signal` fires as soon as the body is read.)
 */
export function clientGone (reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    // nginx's 499; nobody reads it but the log.
    if (!reply.raw.writableFinished) controller.abort(new ServiceError(499, 'client_gone', 'The client closed the connection'))
  })
  return controller.signal
}
