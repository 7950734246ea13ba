import { existsSync } from 'node:fs'

import t from 'tap'

import { needImages, startService, until } from '../engine/kit.js'
import { cgroupOf, counter, isUnified } from './cgroup.js'

/** The runner and the main process of the program. */
const OWN_PROCESSES = 2
const FORKS = `
import os, time
started = 0
try:
    while started < 200:
        if os.fork() == 0:
            time.sleep(60)
        started += 1
except BlockingIOError:
    pass
print(started, flush=True)
time.sleep(2)`
const BOMB = 'import os\nwhile True:\n    try: os.fork()\n    except BlockingIOError: pass'

void t.before(async () => {
  if (!isUnified) throw new Error('this machine does not use cgroup version 2: run npm run test:cgroup2')
  await needImages('python')
})

void t.test('a program starts exactly as many processes as the limit allows', async (t) => {
  const service = await startService(t)
  const running = service.run('python', FORKS, { limits: { processes: 20 } })
  const container = await until(async () => (await service.containers()).find(({ State }) => State.Running), 'a container')
  const cgroup = await cgroupOf(container.Id)
  t.equal(counter(cgroup, 'pids.max'), 20)
  await until(() => counter(cgroup, 'pids.current') === 20, 'the limit')
  await until(() => counter(cgroup, 'pids.events', 'max') > 0, 'the event of the kernel')
  t.match(await running, { outcome: 'completed', stdout: `${20 - OWN_PROCESSES}\n` })
  await until(() => !existsSync(cgroup), 'the removal of the cgroup')
})

void t.test('a fork bomb ends at the time limit, with all of its processes', async (t) => {
  const service = await startService(t)
  for (const time of [2, 3]) {
    const running = service.run('python', BOMB, { limits: { time } })
    const container = await until(async () => (await service.containers()).find(({ State }) => State.Running), 'a container')
    const cgroup = await cgroupOf(container.Id)
    await until(() => counter(cgroup, 'pids.current') === counter(cgroup, 'pids.max'), 'the limit')
    t.match(await running, { outcome: 'timeout' })
    await until(() => !existsSync(cgroup), 'the removal of the cgroup')
  }
})
