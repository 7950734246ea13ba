import type { FastifyReply } from 'fastify'

import { clientGone } from '../errors.js'

/**
 * Returns a signal that aborts when the client closes its connection before the response has been sent. (Fastify's
 * `request.signal` aborts as soon as the body has been read.)
 */
export function clientSignal (reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  const onClose = () => { if (!reply.raw.writableFinished) controller.abort(clientGone()) }
  // The client may have disconnected during the image lookup.
  if (reply.raw.destroyed) onClose()
  else reply.raw.once('close', onClose)
  return controller.signal
}
