import t from 'tap'

import { gate } from '../unit/fakes.js'
import { startLoadBalancer, type Response } from './load-balancer.js'
import { RUN, runOf, startMachine, until } from './machine.js'

const CLIENTS = 4
/** Settings with which one run at a time is accepted. The simulated engine, not the time limit, determines the duration of a run. */
const ONE_AT_A_TIME = { SERVER_WORKER_THREADS: '1', RUN_QUEUE_SIZE: '0', RUN_MAX_EXECUTION_TIME: '120' }
/** A program that fits into HAProxy's buffer of 64 KiB. A longer program does not fit, and HAProxy cannot send it to a second machine. */
const LONG_PROGRAM = '#'.repeat(48 * 1024)
const TOO_LONG_PROGRAM = '#'.repeat(80 * 1024)
const statuses = (responses: Response[]) => [...new Set(responses.map(({ status }) => status))]

void t.test('a run that one machine refuses is served by the other machine', async (t) => {
  const full = await startMachine(t, ONE_AT_A_TIME)
  const free = await startMachine(t)
  const balancer = await startLoadBalancer(t, [full, free])
  const { opened, open } = gate()
  full.engine.gate = opened
  const long = full.request('/run', RUN)
  await until(() => full.engine.started === 1, 'the long run to start')

  t.strictSame(statuses(await balancer.runs(40, CLIENTS)), [200], '40 of 40')
  t.ok(await full.responses(503) > 0, 'the full machine refused some runs')
  t.strictSame(statuses(await balancer.runs(10, CLIENTS, runOf(LONG_PROGRAM))), [200], 'runs of a long program also go to the free machine')
  t.equal(free.engine.started, 50)
  t.strictSame(statuses(await balancer.runs(20, CLIENTS, runOf(TOO_LONG_PROGRAM))).sort(), [200, 503], 'a run of a longer program may return the 503')

  open()
  t.equal((await long).status, 200)
  await balancer.runs(20, CLIENTS)
  t.ok(full.engine.started > 1, 'the machine that was full receives runs again')
  t.notMatch(balancer.log, /is DOWN/, 'refusals do not remove a machine')
})

void t.test('if every run on one of two machines fails, at most 5 of 90 runs fail', async (t) => {
  const failing = await startMachine(t)
  const working = await startMachine(t)
  const balancer = await startLoadBalancer(t, [failing, working])
  failing.engine.diskIsFull = true

  const responses = await balancer.runs(90, CLIENTS)
  const lost = responses.filter(({ status }) => status !== 200)
  t.comment(`${lost.length} of 90 runs failed`)
  t.ok(lost.length <= 5, `${lost.length} runs failed`)
  t.ok(lost.length > 0, 'the machine received runs')
  t.equal(working.engine.started, 90 - lost.length, 'a failed run is not sent to the other machine')
  t.equal((await failing.request('/readyz')).status, 503)
  await until(() => balancer.log.includes('runs/a is DOWN'), 'the removal of the machine by HAProxy')

  failing.engine.diskIsFull = false
  await until(async () => (await failing.request('/readyz')).status === 200, 'the repaired machine to be ready')
  const before = await failing.responses(200)
  await until(async () => {
    await balancer.runs(8, CLIENTS)
    return await failing.responses(200) > before
  }, 'the repaired machine to receive runs')
})

void t.test('a run on a machine that is killed returns an error and is never repeated', async (t) => {
  const machines = [await startMachine(t), await startMachine(t)] as const
  const balancer = await startLoadBalancer(t, machines)
  for (const { engine } of machines) engine.runMs = 10_000
  const response = balancer.run()
  const busy = () => machines.find(({ engine }) => engine.started === 1)
  await until(() => busy() !== undefined, 'the run to start')
  await busy()?.kill()
  const { status, text } = await response
  t.same([status, JSON.parse(text).error], [502, 'bad_gateway'])
  t.equal(machines[0].engine.started + machines[1].engine.started, 1, 'started once')

  for (const { engine } of machines) engine.runMs = 100
  t.strictSame(statuses(await balancer.runs(20, CLIENTS)), [200], 'new runs go to the other machine')
})

void t.test('when every machine refuses, the client receives the 503 of the service, with Retry-After', async (t) => {
  const machines = [await startMachine(t, ONE_AT_A_TIME), await startMachine(t, ONE_AT_A_TIME)] as const
  const balancer = await startLoadBalancer(t, machines)
  const { opened, open } = gate()
  for (const { engine } of machines) engine.gate = opened
  const long = machines.map((machine) => machine.request('/run', RUN))
  await until(() => machines.every(({ engine }) => engine.started === 1), 'the long runs to start')
  const { status, headers, text } = await balancer.run()
  t.same([status, JSON.parse(text).error], [503, 'overloaded'])
  t.match(headers['retry-after'], /^\d+$/)
  open()
  await Promise.all(long)
  t.equal(machines[0].engine.started + machines[1].engine.started, 2)
})
