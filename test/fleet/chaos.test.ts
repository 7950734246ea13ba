import { setTimeout as sleep } from 'node:timers/promises'

import t from 'tap'

import { Load } from './load.js'
import { startLoadBalancer } from './load-balancer.js'
import { startMachine } from './machine.js'

const RUNS = 3000
/** Number of concurrent runs of each machine, and the duration of a run in milliseconds. */
const SLOTS = 8
const RUN_MS = 1000
const CAPACITY_PER_S = 3 * SLOTS * 1000 / RUN_MS
const LOAD = 1.5
/** Time until a process manager starts a killed service again, in milliseconds. */
const RESTART_MS = 3000
/** On a busy machine, a simulated run can take seconds. */
const ENV = { SERVER_WORKER_THREADS: String(SLOTS), RUN_MAX_EXECUTION_TIME: '120', SERVER_STOP_DELAY: '5' }

void t.test('3,000 runs at 1.5 times the capacity of three machines, one of which is killed and another one stopped', async (t) => {
  const machines = [await startMachine(t, ENV), await startMachine(t, ENV), await startMachine(t, ENV)] as const
  const balancer = await startLoadBalancer(t, machines, { maxconn: SLOTS })
  const load = new Load(balancer, machines, RUN_MS)
  const sent = load.send({ count: RUNS, perSecond: LOAD * CAPACITY_PER_S })
  await load.untilSent(RUNS * 0.3)
  await machines[0].kill()
  await sleep(RESTART_MS)
  await machines[0].start()
  await load.untilSent(RUNS * 0.6)
  t.equal(await machines[1].stop(), 0)
  await machines[1].start()
  await sent

  const [completed, refused, lost] = [load.with(200), load.with(503), load.unexpected()]
  t.comment(`${completed.length} completed, ${refused.length} refused, ${lost.length} lost`)
  t.equal(load.outcomes.length, RUNS)
  t.same([...load.executions].filter(([, times]) => times !== 1), [], 'no program ran twice')
  t.same(lost.filter(({ status }) => status !== 502), [], 'each run has its result, or is refused with Retry-After')
  const interrupted = load.executions.size - completed.length
  t.ok(interrupted <= SLOTS, `${interrupted} runs were in progress on the killed machine`)
  // The kernel can accept the connections of further runs while it closes the sockets of the killed process.
  t.ok(lost.length <= 2 * SLOTS, `${lost.length} runs were sent to it`)
  t.ok(completed.length > RUNS / 3, 'the machines did not stop working')
  t.ok(load.executions.size <= completed.length + lost.length, 'only runs with a result or a 502 were executed')
})
