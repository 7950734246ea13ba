import type { FastifyReply } from 'fastify'

import { ServiceError } from '../errors.js'

/**
 * A signal that fires when the client closes its connection before its answer is out.
 * (Fastify's own `request.signal` fires as soon as the body is read.)
 */
export function clientGone (reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  const onClose = () => {
    // nginx's 499; nobody reads it but the log.
    if (!reply.raw.writableFinished) controller.abort(new ServiceError(499, 'client_gone', 'The client closed the connection'))
  }
  // It may have gone while its image was looked up.
  if (reply.raw.destroyed) onClose()
  else reply.raw.once('close', onClose)
  return controller.signal
}
