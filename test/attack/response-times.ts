import { summarize } from '../../tools/bench/statistics.js'
import { send } from '../engine/http-client.js'
import type { Service } from '../engine/kit.js'
import { PATIENCE } from './trial.js'

const HEALTH_EVERY_MS = 100
/** Timeout of a request during an attack, in milliseconds. */
const HEALTH_TIMEOUT_MS = 20_000 * PATIENCE

/** Sends `GET /` to the service and to a bare server until the returned function is called, which resolves with both median durations. */
export function askMeanwhile ({ service, bareUrl }: { service: Service, bareUrl: string }): () => Promise<{ ours: number, bare: number }> {
  const ended = new AbortController()
  const times = { ours: [] as number[], bare: [] as number[] }
  const signal = () => AbortSignal.timeout(HEALTH_TIMEOUT_MS)
  const durationOf = async (request: Promise<{ ms: number }>) => (await request.catch(() => ({ ms: Infinity }))).ms
  const asked = (async () => {
    do {
      times.ours.push(await durationOf(service.request('/', { token: null, signal: signal() })))
      times.bare.push(await durationOf(send(bareUrl, { method: 'GET', headers: {}, signal: signal() })))
      await new Promise((resolve) => setTimeout(resolve, HEALTH_EVERY_MS))
    } while (!ended.signal.aborted)
  })()
  return async () => {
    ended.abort()
    await asked
    return { ours: summarize(times.ours).p50, bare: summarize(times.bare).p50 }
  }
}
