import type { FastifyInstance, FastifyReply } from 'fastify'

import type { RunPhases } from '../../runs/ports.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The duration of each phase of the run in milliseconds, as far as it is known; null for a request without a run. */
    runPhases: RunPhases | null
  }
}

/** The metrics of the header, with the phase that each reports. */
const METRICS = [['queue', 'queue'], ['lease', 'lease'], ['run', 'exchange']] as const

/** Adds the header `Server-Timing` to the responses of runs. @see W3C Server Timing */
export function addServerTiming (app: FastifyInstance): void {
  app.decorateRequest('runPhases', null)
  app.addHook('onSend', (_request, reply, payload, done) => {
    setServerTiming(reply)
    done(null, payload)
  })
}

/** Sets the header with the phases that have ended. Call it before the response begins if Fastify does not send it. */
export function setServerTiming (reply: FastifyReply): void {
  const { runPhases } = reply.request
  if (runPhases === null || runPhases.queue === undefined) return
  const entries = METRICS.flatMap(([metric, phase]) => {
    const ms = runPhases[phase]
    return ms === undefined ? [] : [`${metric};dur=${ms.toFixed(2)}`]
  })
  void reply.header('server-timing', entries.join(', '))
}
