import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'

import { summarize } from '../../tools/bench/statistics.js'
import type { FloodAnswer } from './flood.js'
import { needImages, startService, submission, TOKEN, type Answer, type Service } from './kit.js'

/** Seconds that the flood lasts. */
const FLOOD_SECONDS = Number(process.env.RUNONCE_TEST_FLOOD_SECONDS ?? 10)
const WORKERS = 2
/** Requests a second: ten times what two workers can do. */
const FLOOD_PER_SECOND = 120
const QUIET_PAUSE_MS = 200
const UNLOADED_MS = 5000
const QUIET_TOKEN = 'engine-test-quiet-51ae'
/**
 * Of the slowest hundredth, more than twice what a bare server takes for the same from the same client: on two cores that runs,
 * engine and flood keep busy, both wait for their turn, on some machines ten times as long as on others.
 */
const REFUSAL_MS = 20
const OF_BARE = 2
const REFUSALS = 10_000
const FLOOD = fileURLToPath(new URL('flood.js', import.meta.url))
const BARE_SERVER = fileURLToPath(new URL('bare-server.js', import.meta.url))

void t.test('one token floods at ten times the capacity, another asks now and then', async (t) => {
  await needImages('python')
  const service = await startService(t, {
    env: { API_ACCESS_TOKENS: `quiet:${QUIET_TOKEN}`, SERVER_WORKER_THREADS: String(WORKERS), RUN_QUEUE_SIZE: '8' }
  })
  let number = 0
  const ask = async () => {
    const id = ++number
    const answer = await service.post('/run', submission('python', `print("quiet", ${id})`), { token: QUIET_TOKEN })
    t.match(answer, { status: 200, body: { stdout: `quiet ${id}\n`, outcome: 'completed' } }, 'the quiet one is never refused')
    return answer
  }

  for (let i = 0; i < 3; i++) await ask()
  const unloaded = summarize((await oneByOne(UNLOADED_MS, ask)).map(({ ms }) => ms)).p95

  const bareUrl = await bareServer(t)
  const flood = floodWith({ url: `${service.url}/run`, bareUrl, token: TOKEN, perSecond: FLOOD_PER_SECOND, count: FLOOD_SECONDS * FLOOD_PER_SECOND, image: 'runonce/python:latest' })
  const quiet = oneByOne(FLOOD_SECONDS * 1000, ask)
  let rss = 0
  const watch = setInterval(() => { rss = Math.max(rss, service.residentBytes()) }, 100)
  const [{ answers: floodAnswers, bareMs }, quietAnswers] = await Promise.all([flood, quiet]).finally(() => clearInterval(watch))

  const refused = floodAnswers.filter(({ status }) => status === 503)
  const served = floodAnswers.filter(({ status }) => status === 200)
  const oneRun = summarize(runTimes(service)).p95
  const quietP95 = summarize(quietAnswers.map(({ ms }) => ms)).p95
  const refusedP99 = summarize(refused.map(({ ms }) => ms)).p99
  const bareP99 = summarize(bareMs).p99
  t.comment(`${served.length} of the flood served, ${refused.length} refused (p99 ${refusedP99.toFixed(1)} ms; a bare server ${bareP99.toFixed(1)}), ${quietAnswers.length} quiet ones: ` +
    `p95 ${quietP95.toFixed(0)} ms, alone ${unloaded.toFixed(0)}; one run ${oneRun.toFixed(0)}; RSS ${(rss / 1e6).toFixed(0)} MB`)
  t.ok(floodAnswers.every(({ right }) => right), 'each accepted run is answered with its own result, every other by 503')
  t.ok(served.length > FLOOD_SECONDS, 'the flood is served too')
  t.ok(refused.length > served.length, 'and most of it is refused')
  t.ok(quietP95 <= 2 * unloaded + oneRun, `${quietP95} <= 2 * ${unloaded} + ${oneRun}`)
  t.ok(refusedP99 < OF_BARE * bareP99 + REFUSAL_MS, `a refusal is quick: ${refusedP99} ms, a bare server's ${bareP99}`)
  t.ok(refused.every(({ retryAfter }) => /^([1-9]|[1-5]\d|60)$/.test(retryAfter ?? '')), 'and says when to come again')
  t.ok(rss < 150e6, `${rss} bytes`)
})

void t.test('ten thousand refusals, by the rate and by the queue, leave the full capacity', async (t) => {
  const service = await startService(t, {
    env: { API_ACCESS_TOKENS: `quiet:${QUIET_TOKEN}`, SERVER_WORKER_THREADS: String(WORKERS), RUN_QUEUE_SIZE: '0', RATE_LIMIT_TOKEN_MAX: String(REFUSALS / 2), RATE_LIMIT_WINDOW: '3600' }
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
  t.strictSame(statuses, { 503: REFUSALS / 2 - WORKERS, 429: REFUSALS / 2 + WORKERS }, 'those that run were counted too')
  client.abort()
  await Promise.all(occupied)
  await service.running(0)
  const nap = submission('python', 'import time; time.sleep(0.5); print("served")')
  const answers = await Promise.all(Array.from({ length: WORKERS + 1 }, () => service.post('/run', nap, { token: QUIET_TOKEN })))
  t.strictSame(answers.map(({ status }) => status).sort(), [200, 200, 503], 'as many at once as before, and no more')
})

/** A server that does nothing, in a process of its own. Returns its URL. */
async function bareServer (t: Test): Promise<string> {
  const child = spawn(process.execPath, [BARE_SERVER], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.stdin.end())
  const [port] = await once(child.stdout.setEncoding('utf8'), 'data')
  return `http://127.0.0.1:${String(port).trim()}/`
}

/** From a process of its own, whose clock nothing else holds up. */
async function floodWith (options: object): Promise<{ answers: FloodAnswer[], bareMs: number[] }> {
  const { stdout } = await promisify(execFile)(process.execPath, [FLOOD, JSON.stringify(options)], { env: { PATH: process.env.PATH }, maxBuffer: 2 ** 26 })
  return JSON.parse(stdout)
}

/** The next a moment after the one before is answered, for so long. */
async function oneByOne (ms: number, ask: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const end = performance.now() + ms; performance.now() < end;) {
    answers.push(await ask())
    await new Promise((resolve) => setTimeout(resolve, QUIET_PAUSE_MS))
  }
  return answers
}

/** What the service itself measured of its runs, without their wait, milliseconds. */
function runTimes ({ logs }: Service): number[] {
  return logs.filter(({ msg }) => msg === 'run').map(({ phasesMs }) => {
    const { total, queue } = phasesMs as { total: number, queue: number }
    return total - queue
  })
}
