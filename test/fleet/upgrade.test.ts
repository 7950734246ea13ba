import t from 'tap'

import { Load } from './load.js'
import { startLoadBalancer } from './load-balancer.js'
import { startMachine, until } from './machine.js'

const SLOTS = 4
const RUN_MS = 300
/** Two of three machines have capacity for 26 runs/s. */
const PER_S = 12
const ENV = { SERVER_WORKER_THREADS: String(SLOTS), RUN_MAX_EXECUTION_TIME: '120' }
/** Longer than HAProxy's checks. */
const STOP_DELAY = { SERVER_STOP_DELAY: '5' }

async function startFleet (t: Parameters<typeof startMachine>[0], env: Record<string, string>) {
  const machines = [await startMachine(t, env), await startMachine(t, env), await startMachine(t, env)] as const
  const balancer = await startLoadBalancer(t, machines, { maxconn: SLOTS })
  return { machines, balancer, load: new Load(balancer, machines, RUN_MS) }
}

void t.test('rolling upgrade: no run is lost while each machine is stopped and started again', async (t) => {
  const { machines, balancer, load } = await startFleet(t, { ...ENV, ...STOP_DELAY })
  const sending = load.send({ count: 600, perSecond: PER_S })
  for (const [index, machine] of machines.entries()) {
    t.equal(await machine.stop(), 0)
    await machine.start()
    await until(async () => await balancer.statistic(`runs/${'abc'[index]}`, 'status') === 'UP', 'the machine to return')
  }
  await sending
  t.equal(load.with(200).length, 600)
  t.same(load.unexpected(), [])
})

void t.test('drain: no run is lost when a machine is drained in HAProxy and then killed', async (t) => {
  const { machines: [machine], balancer, load } = await startFleet(t, ENV)
  const sending = load.send({ count: 240, perSecond: PER_S })
  await load.untilSent(60)
  t.equal(await balancer.command('set server runs/a state drain'), '')
  await until(async () => await balancer.statistic('runs/a', 'scur') === '0', 'the end of the runs')
  t.match(await balancer.statistic('others/a', 'status'), /^DRAIN/, 'the machine is also drained for the other routes')
  await machine.kill()
  await machine.start()
  const before = machine.engine.started
  t.equal(await balancer.command('set server runs/a state ready'), '')
  await sending
  t.ok(machine.engine.started > before, 'the machine receives runs again')
  t.equal(load.with(200).length, 240)
  t.same(load.unexpected(), [])
})

void t.test('a machine with SERVER_STOP_DELAY accepts runs until a load balancer has noticed that it is not ready', async (t) => {
  const machine = await startMachine(t, { SERVER_STOP_DELAY: '2' })
  const stopped = machine.stop()
  await until(async () => (await machine.request('/readyz')).status === 503, 'the machine not to be ready')
  t.equal((await machine.request('/run', { image: 'runonce/bash:latest', payload: { files: [{ name: 'main.sh', content: 'echo hi' }] } })).status, 200)
  t.equal(await stopped, 0)
})
