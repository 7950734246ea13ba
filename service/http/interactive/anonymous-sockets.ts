import type { FastifyRequest } from 'fastify'

import { overloaded } from '../../errors.js'

const MAX_SOCKETS = 50
const RETRY_SECONDS = 5

/** Limits the number of open WebSockets whose client has not sent a token yet. */
export class AnonymousSockets {
  readonly #requests = new Set<FastifyRequest['raw']>()

  /** @throws ServiceError `overloaded` if there are too many */
  admit ({ raw }: FastifyRequest): void {
    if (this.#requests.size >= MAX_SOCKETS) throw overloaded('Too many connections have not sent a token', RETRY_SECONDS)
    this.#requests.add(raw)
    raw.socket.once('close', () => this.#requests.delete(raw))
  }

  /** Call when the client has sent its token. */
  release ({ raw }: FastifyRequest): void {
    this.#requests.delete(raw)
  }
}
