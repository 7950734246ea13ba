import t from 'tap'

import { summarize } from '../../tools/bench/statistics.js'
import { RedisServer } from '../jobs/redis-server.js'
import { gate } from '../unit/fakes.js'
import { Load } from './load.js'
import { startLoadBalancer, type LoadBalancer } from './load-balancer.js'
import { RUN, runOf, startMachine, until } from './machine.js'

const SECOND_TOKEN = 'fleet-test-second-51b7'
const EVENTS = { accept: 'text/event-stream' }
/** A simulated run ends when the test ends it, not at its time limit. */
const ENV = { RUN_MAX_EXECUTION_TIME: '120' }

const queued = async (balancer: LoadBalancer) => Number(await balancer.statistic('runs/BACKEND', 'qcur'))

void t.test('only requests that return one result use the queue', async (t) => {
  const balancer = await startLoadBalancer(t, [await startMachine(t)])
  for (const [backend, target, headers] of [
    ['runs', '/run'], ['runs', '/run/bash'], ['runs', '/r%75n'], ['runs', '/'], ['runs', '/?x'], ['runs', '/api/execute'], ['runs', '/api/v2/execute'],
    ['runs', '/run_code'], ['runs', '/submissions?base64_encoded=true&wait=true'], ['runs', 'http://localhost/run'],
    ['others', '/run', EVENTS], ['others', '/run/bash', { accept: 'application/json, TEXT/EVENT-STREAM' }], ['others', '/submissions'],
    ['others', '/submissions?wait=false'], ['others', '/submissions/batch?wait=true'], ['others', '/jobs'], ['others', '/mcp'], ['others', '/run/bash/x']
  ] as const) {
    balancer.log = ''
    await balancer.request(target, { method: 'POST', body: {}, headers: { ...headers } })
    await until(() => balancer.log.includes(`"POST ${target} HTTP/1.1"`), 'the log line')
    t.match(balancer.log, ` ${backend}/a `, `${target} ${JSON.stringify(headers ?? {})}`)
  }
})

void t.test('a run waits in HAProxy while its machine is busy; long polls and event streams do not use the slot', async (t) => {
  const redis = await RedisServer.start(t)
  const machine = await startMachine(t, { ...ENV, REDIS_URL: redis.url, JOBS_WORKERS: '1', SERVER_WORKER_THREADS: '4' })
  const balancer = await startLoadBalancer(t, [machine], { maxconn: 1 })
  const [job, run] = [gate(), gate()]
  machine.engine.gate = job.opened
  const { text } = await balancer.request('/jobs', { method: 'POST', body: RUN })
  const { ids: [id] } = JSON.parse(text)
  const stream = balancer.request('/run', { method: 'POST', body: RUN, headers: EVENTS })
  await until(() => machine.engine.started === 2, 'the job and the run with events')
  const following = [balancer.request(`/jobs/${id}?wait=60`), balancer.request(`/jobs/${id}`, { headers: EVENTS })]
  await until(async () => await balancer.statistic('others/a', 'scur') === '3', 'the requests')

  machine.engine.gate = run.opened
  const runs = [balancer.run(), balancer.run()]
  await until(async () => machine.engine.started === 3 && await queued(balancer) === 1, 'a run to start and another one to wait')
  t.equal(machine.engine.started, 3)
  run.open()
  for (const response of runs) t.equal((await response).status, 200)
  job.open()
  for (const response of [stream, ...following]) t.equal((await response).status, 200)
})

void t.test('a run that waits too long receives a 503 with Retry-After', async (t) => {
  const machine = await startMachine(t, ENV)
  const balancer = await startLoadBalancer(t, [machine], { maxconn: 1, change: (config) => config.replace('timeout queue 10s', 'timeout queue 1s') })
  const { opened, open } = gate()
  machine.engine.gate = opened
  const first = balancer.run()
  await until(() => machine.engine.started === 1, 'the first run')
  const { status, headers, text } = await balancer.run()
  t.match({ status, headers, error: JSON.parse(text).error }, { status: 503, headers: { 'retry-after': '2' }, error: 'overloaded' })
  open()
  t.equal((await first).status, 200)
})

void t.test('a run of one token does not wait for the queue of another token', async (t) => {
  const machine = await startMachine(t, { ...ENV, API_ACCESS_TOKENS: `second:${SECOND_TOKEN}` })
  // The delay for each run is long, so that the test does not depend on the speed of this machine.
  const balancer = await startLoadBalancer(t, [machine], { maxconn: 2, change: (config) => config.replace('mul(50)', 'mul(5000)') })
  const order: string[] = []
  machine.engine.onPayload = (payload) => { order.push(/flood|second/.exec(payload)?.[0] ?? '') }
  const { opened, open } = gate()
  machine.engine.gate = opened
  const flood = Array.from({ length: 30 }, async () => await balancer.run(runOf('echo flood')))
  await until(async () => await queued(balancer) === 28, 'the queue')
  const authorization = `Bearer ${SECOND_TOKEN}`
  const second = balancer.request('/run', { method: 'POST', body: runOf('echo second'), headers: { authorization } })
  await until(async () => await queued(balancer) === 29, 'the run of the second token')
  open()
  t.equal((await second).status, 200)
  for (const response of flood) t.equal((await response).status, 200)
  t.ok(order.indexOf('second') <= 3, `run ${order.indexOf('second') + 1} of ${order.length}`)
})

void t.test('at 110 % load, each run has a result or is refused, with the queue of HAProxy and with queues of the machines', async (t) => {
  const SLOTS = 4
  // One of ten runs is long. The mean is 380 ms.
  const runMs = (nonce: number) => nonce % 10 === 0 ? 2000 : 200
  const perSecond = 1.1 * 3 * SLOTS / 0.38
  const env = { ...ENV, SERVER_WORKER_THREADS: String(SLOTS) }
  const measure = async (change: (config: string) => string) => {
    const machines = [await startMachine(t, env), await startMachine(t, env), await startMachine(t, env)]
    const load = new Load(await startLoadBalancer(t, machines, { maxconn: SLOTS, change }), machines, runMs)
    await load.send({ count: 700, perSecond })
    t.same(load.unexpected(), [])
    return { ...summarize(load.with(200).map(({ ms }) => ms)), refused: load.with(503).length }
  }
  const central = await measure((config) => config)
  const separate = await measure((config) => config.replace(/ maxconn \d+/g, ''))
  // Least connections balances as well as one queue, so the difference of the percentiles is noise.
  t.comment(`99th percentile: ${Math.round(central.p99)} ms, ${Math.round(separate.p99)} ms without maxconn`, { central, separate })
})
