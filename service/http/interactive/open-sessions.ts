import type { WebSocket } from '@fastify/websocket'

import type { Config } from '../../config/config.js'
import type { ServiceError } from '../../errors.js'
import { InteractiveSession, type SessionOptions } from './session.js'

/** Space for the events of a slow client beside the output of its program. */
const EVENT_BYTES = 1024 * 1024

export interface SessionParts {
  config: Pick<Config, 'run'>
  /** Aborts when the service shuts down, with the error for the clients as its reason. */
  stopping: AbortSignal
}

/** Returns a function that opens a session on a WebSocket. The shutdown of the service ends the sessions. */
export function sessionOpener ({ config, stopping }: SessionParts): (socket: WebSocket, options?: Omit<SessionOptions, 'maxQueuedBytes'>) => InteractiveSession {
  const sessions = new Set<InteractiveSession>()
  stopping.addEventListener('abort', () => { for (const session of sessions) session.abort(stopping.reason as ServiceError) })
  return (socket, options) => {
    const session = new InteractiveSession(socket, { ...options, maxQueuedBytes: 2 * config.run.outputBytes + EVENT_BYTES })
    sessions.add(session)
    socket.once('close', () => sessions.delete(session))
    if (stopping.aborted) session.abort(stopping.reason as ServiceError)
    return session
  }
}
