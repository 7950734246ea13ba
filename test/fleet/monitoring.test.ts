import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import t from 'tap'

import { RedisServer } from '../jobs/redis-server.js'
import { WebhookReceiver } from '../jobs/webhook-receiver.js'
import { gate } from '../unit/fakes.js'
import { RUN, startMachine, until, type Machine } from './machine.js'
import { Prometheus } from './prometheus.js'
import { IMAGE } from './run-engine.js'

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url))
/** Runs that each machine receives in each half of the load. */
const RUNS = 15
const JOBS = 5
const PAUSE_MS = 100
/** One run at a time, and one that waits until the test ends the first one. */
const ENV = { SERVER_WORKER_THREADS: '1', RUN_QUEUE_SIZE: '1', RUN_QUEUE_TIMEOUT: '120', RUN_MAX_EXECUTION_TIME: '120' }
const POOL = { POOL_IMAGES: IMAGE, POOL_MIN: '2', POOL_MAX: '2' }
const WEBHOOKS = { WEBHOOK_ALLOW: '127.0.0.1', WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 3).toString('base64')}` }

void t.test('promtool accepts the configuration, and each alert fires in its test', async (t) => {
  for (const args of [['check', 'config', 'prometheus.yml'], ['check', 'config', 'compose.yml'], ['test', 'rules', 'alerts.test.yml']]) {
    const { stdout } = await promisify(execFile)('promtool', args, { cwd: `${DEPLOY}prometheus` })
    t.match(stdout, 'SUCCESS', args.join(' '))
  }
})

void t.test('Prometheus scrapes two machines under load', async (t) => {
  const redis = await RedisServer.start(t)
  const receiver = await WebhookReceiver.start(t)
  const env = { ...ENV, ...POOL, ...WEBHOOKS, REDIS_URL: redis.url }
  const [a, b] = [await startMachine(t, env), await startMachine(t, env)] as const
  const prometheus = await Prometheus.start(t, [a, b])
  const fires = async (alert: string) => (await prometheus.firing()).includes(alert)
  const untilValue = async (expression: string, value: number) =>
    await until(async () => await prometheus.value(expression) === value, `${expression} to be ${value}`)

  await t.test('the counters contain each run and each job, and no alert fires', async (t) => {
    for (const half of [1, 2]) {
      await Promise.all([sendRuns(t, a), sendRuns(t, b), sendJobs(t, a, receiver.url())])
      await untilValue('sum(runonce_runs_total)', half * (2 * RUNS + JOBS))
      await untilValue('sum(runonce_webhooks_total{outcome="delivered"})', half * JOBS)
    }
    await untilValue('sum(runonce_jobs_finished_total{status="completed"})', 2 * JOBS)
    await untilValue('sum(runonce_job_seconds_count)', 2 * JOBS)
    t.equal(await prometheus.value(`runonce_http_responses_total{instance="${a.address}", method="POST", route="/run", status="200"}`), 2 * RUNS)
    t.same(await prometheus.firing(), [])
  })

  await t.test('RunonceRefusesRuns fires for the machine that refuses runs', async (t) => {
    const { opened, open } = gate()
    a.engine.gate = opened
    const held = [a.request('/run', RUN), a.request('/run', RUN)]
    await until(async () => await prometheus.value(`runonce_runs_waiting{instance="${a.address}"}`) === 1, 'a run to wait')
    await until(async () => {
      t.equal((await a.request('/run', RUN)).status, 503)
      await sleep(PAUSE_MS)
      return await fires(`RunonceRefusesRuns ${a.address}`)
    }, 'the alert')
    t.notOk(await fires(`RunonceRefusesRuns ${b.address}`))
    open()
    for (const run of held) t.equal((await run).status, 200)
  })

  await t.test('each panel of the dashboard has data', async (t) => {
    for (const expression of dashboardExpressions()) {
      const samples = await prometheus.query(expression)
      t.ok(samples.some(({ value: [, value] }) => value !== 'NaN'), expression)
    }
  })

  await t.test('RunonceWebhooksFail fires while a receiver fails', async (t) => {
    receiver.respond = (response) => { response.writeHead(500).end() }
    await until(async () => {
      t.equal((await b.request('/jobs', { ...RUN, webhook: receiver.url() })).status, 202)
      await sleep(PAUSE_MS)
      return await fires('RunonceWebhooksFail default')
    }, 'the alert')
  })

  await t.test('RunonceRedisDown fires for both machines until Redis responds', async () => {
    await redis.kill()
    const bothFire = async () => await fires(`RunonceRedisDown ${a.address}`) && await fires(`RunonceRedisDown ${b.address}`)
    await until(bothFire, 'the alerts')
    await redis.start()
    await until(async () => !(await prometheus.firing()).some((alert) => alert.startsWith('RunonceRedisDown')), 'the alerts to end')
  })

  await t.test('RunonceDown fires for a machine that was killed, until it starts again', async (t) => {
    await b.kill()
    await until(async () => await fires(`RunonceDown ${b.address}`), 'the alert')
    t.notOk(await fires(`RunonceDown ${a.address}`))
    await b.start()
    await until(async () => !await fires(`RunonceDown ${b.address}`), 'the alert to end')
  })
})

async function sendRuns (t: Pick<typeof import('tap').t, 'equal'>, machine: Machine): Promise<void> {
  for (let i = 0; i < RUNS; i++) t.equal((await machine.request('/run', RUN)).status, 200)
}

async function sendJobs (t: Pick<typeof import('tap').t, 'equal'>, machine: Machine, webhook: string): Promise<void> {
  for (let i = 0; i < JOBS; i++) t.equal((await machine.request('/jobs', { ...RUN, webhook })).status, 202)
}

/** Returns the expressions of the dashboard for all machines and images. */
function dashboardExpressions (): string[] {
  const { panels } = JSON.parse(readFileSync(`${DEPLOY}grafana/dashboards/runonce.json`, 'utf8'))
  const targets: Array<{ expr: string }> = panels.flatMap(({ targets = [] }) => targets)
  return targets.map(({ expr }) => expr.replaceAll(/\$(instance|image)/g, '.*').replaceAll('$__rate_interval', '10m'))
}
