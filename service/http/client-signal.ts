import type { FastifyReply } from 'fastify'

import { clientGone } from '../errors.js'

/**
 * A signal that aborts when the client closes its connection before the response is sent. (Fastify's own `request.signal`
 * aborts as soon as the body is read.)
 */
export function clientSignal (reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  const onClose = () => { if (!reply.raw.writableFinished) controller.abort(clientGone()) }
  // The client may have left while its image was looked up.
  if (reply.raw.destroyed) onClose()
  else reply.raw.once('close', onClose)
  return controller.signal
}
