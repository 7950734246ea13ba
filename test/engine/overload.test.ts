import { execFile } from 'node:child_process'
import { Agent } from 'node:http'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'

import { summarize } from '../../tools/bench/statistics.js'
import { startBareServer } from './bare-server-process.js'
import type { FloodResponse } from './flood.js'
import { needImages, startService, submission, TOKEN, type Answer, type Service } from './kit.js'

/** Duration of the flood, in seconds. */
const FLOOD_SECONDS = Number(process.env.RUNONCE_TEST_FLOOD_SECONDS ?? 10)
const WORKERS = 2
/** Requests per second: ten times the capacity of two workers. */
const FLOOD_PER_SECOND = 120
const QUIET_PAUSE_MS = 200
const UNLOADED_MS = 5000
const QUIET_TOKEN = 'engine-test-quiet-51ae'
/**
 * Highest accepted ratio at p95 of the duration of a refusal to the duration of the same request to a bare server. If the runs, the
 * engine and the flood keep two cores busy, both requests wait for the CPU.
 */
const OF_BARE = 5
const REFUSALS = 10_000
const FLOOD = fileURLToPath(new URL('flood.js', import.meta.url))

void t.test('a client that floods the service at ten times its capacity does not slow down another client', async (t) => {
  await needImages('python')
  const service = await startService(t, {
    env: { API_ACCESS_TOKENS: `quiet:${QUIET_TOKEN}`, SERVER_WORKER_THREADS: String(WORKERS), RUN_QUEUE_SIZE: '8' }
  })
  let number = 0
  const ask = async () => {
    const id = ++number
    const answer = await service.post('/run', submission('python', `print("quiet", ${id})`), { token: QUIET_TOKEN })
    t.match(answer, { status: 200, body: { stdout: `quiet ${id}\n`, outcome: 'completed' } }, 'the quiet client is never refused')
    return answer
  }

  for (let i = 0; i < 3; i++) await ask()
  const unloaded = summarize((await oneByOne(UNLOADED_MS, ask)).map(({ ms }) => ms)).p95

  const bareUrl = await startBareServer(t)
  const flood = floodWith({ url: `${service.url}/run`, bareUrl, token: TOKEN, perSecond: FLOOD_PER_SECOND, count: FLOOD_SECONDS * FLOOD_PER_SECOND, image: 'runonce/python:latest' })
  const quiet = oneByOne(FLOOD_SECONDS * 1000, ask)
  const [{ answers: floodAnswers, bareMs }, quietResponses] = await Promise.all([flood, quiet])

  const refused = floodAnswers.filter(({ status }) => status === 503)
  const served = floodAnswers.filter(({ status }) => status === 200)
  const oneRun = summarize(runTimes(service)).p95
  const quietP95 = summarize(quietResponses.map(({ ms }) => ms)).p95
  const refusedP95 = summarize(refused.map(({ ms }) => ms)).p95
  const bareP95 = summarize(bareMs).p95
  t.comment(`${served.length} of the flood served, ${refused.length} refused (p95 ${refusedP95.toFixed(1)} ms; a bare server ${bareP95.toFixed(1)}), ${quietResponses.length} quiet runs: ` +
    `p95 ${quietP95.toFixed(0)} ms, without the flood ${unloaded.toFixed(0)}; one run ${oneRun.toFixed(0)}`)
  t.ok(floodAnswers.every(({ right }) => right), 'each accepted run returns the correct result, and all other requests return 503')
  t.ok(served.length >= quietResponses.length / 2, `some requests of the flood are served: ${served.length} runs`)
  t.ok(refused.length > served.length, 'most requests of the flood are refused')
  t.ok(quietP95 <= 2 * unloaded + oneRun, `${quietP95} <= 2 * ${unloaded} + ${oneRun}`)
  t.ok(refusedP95 < OF_BARE * bareP95, `refusals are fast: ${refusedP95} ms, bare server ${bareP95}`)
  t.ok(refused.every(({ retryAfter }) => /^([1-9]|[1-5]\d|60)$/.test(retryAfter ?? '')), 'each refusal has a Retry-After header')
})

void t.test('the service still has its full capacity after ten thousand refusals by the rate limit and the queue', async (t) => {
  const service = await startService(t, {
    env: {
      API_ACCESS_TOKENS: `quiet:${QUIET_TOKEN}`,
      SERVER_WORKER_THREADS: String(WORKERS),
      RUN_MAX_EXECUTION_TIME: '300',
      RUN_QUEUE_SIZE: '0',
      RATE_LIMIT_TOKEN_MAX: String(REFUSALS / 2),
      RATE_LIMIT_WINDOW: '3600'
    }
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  t.teardown(async () => agent.destroy())
  const spin = submission('python', 'while True: pass')
  const client = new AbortController()
  const occupied = Array.from({ length: WORKERS }, () => service.post('/run', spin, { signal: client.signal }).catch(() => {}))
  await service.running(WORKERS)
  const statuses: Record<number, number> = {}
  let left = REFUSALS
  await Promise.all(Array.from({ length: 16 }, async () => {
    while (left-- > 0) {
      const { status } = await service.post('/run', spin, { agent })
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }))
  t.strictSame(statuses, { 503: REFUSALS / 2 - WORKERS, 429: REFUSALS / 2 + WORKERS }, 'the rate limit also counts the runs in progress')
  client.abort()
  await Promise.all(occupied)
  await service.running(0)
  const nap = submission('python', 'import time; time.sleep(1); print("served")')
  const answers = await Promise.all(Array.from({ length: WORKERS + 1 }, () => service.post('/run', nap, { token: QUIET_TOKEN })))
  t.strictSame(answers.map(({ status }) => status).sort(), [200, 200, 503], 'the number of concurrent runs is unchanged')
})

/** Runs flood.js in a separate process, so that work in this process does not delay its timer. */
async function floodWith (options: object): Promise<{ answers: FloodResponse[], bareMs: number[] }> {
  const { stdout } = await promisify(execFile)(process.execPath, [FLOOD, JSON.stringify(options)], { env: { PATH: process.env.PATH }, maxBuffer: 2 ** 26 })
  return JSON.parse(stdout)
}

/** Sends sequential requests for `ms` milliseconds, with a pause after each response. */
async function oneByOne (ms: number, ask: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const end = performance.now() + ms; performance.now() < end;) {
    answers.push(await ask())
    await new Promise((resolve) => setTimeout(resolve, QUIET_PAUSE_MS))
  }
  return answers
}

/** Returns the durations of runs that the service logged, without the time in the queue, in milliseconds. */
function runTimes ({ logs }: Service): number[] {
  return logs.filter(({ msg }) => msg === 'run').map(({ phasesMs }) => {
    const { total, queue } = phasesMs as { total: number, queue: number }
    return total - queue
  })
}
