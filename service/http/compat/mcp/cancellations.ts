import type { FastifyRequest } from 'fastify'

import { ServiceError } from '../../../errors.js'

/** Identifies a call: its session and its JSON-RPC ID, which is unique only within the session. */
interface CallId {
  request: FastifyRequest
  id: unknown
}

/**
 * The calls that are running. A cancellation arrives as another HTTP request, which names the call by its JSON-RPC ID. The service
 * keeps no state for a session: its ID only prevents a client from cancelling the call of another client.
 */
export class Cancellations {
  readonly #running = new Map<string, AbortController>()

  /** Calls `work` with a signal that aborts when the client cancels the call. */
  async track<T> (call: CallId, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    const key = keyOf(call)
    if (key !== undefined) this.#running.set(key, controller)
    try {
      return await work(controller.signal)
    } finally {
      if (key !== undefined && this.#running.get(key) === controller) this.#running.delete(key)
    }
  }

  cancel (call: CallId): void {
    this.#running.get(keyOf(call) ?? '')?.abort(new ServiceError('clientGone', 'The client cancelled the call'))
  }
}

/** Returns undefined if the client does not send the ID of its session, which older clients do not know. */
function keyOf ({ request: { headers, tokenName }, id }: CallId): string | undefined {
  const session = headers['mcp-session-id']
  return session === undefined ? undefined : JSON.stringify([tokenName, session, id])
}
