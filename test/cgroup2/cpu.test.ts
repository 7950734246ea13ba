import t from 'tap'

import { needImages, startService, until } from '../engine/kit.js'
import { isUnified } from './cgroup.js'

const WARM = { POOL_MAX: '1', POOL_IMAGES: 'runonce/python:latest' }
/** Highest accepted deviation. */
const TOLERANCE = 0.1
/** Prints the CPU time that the program and its children have used, in seconds. */
const USED = 'import os\nprint(sum(os.times()[:4]))'
const BURN = 'import time\ndef burn(seconds):\n    end = time.process_time() + seconds\n    while time.process_time() < end: pass\n'

/** Programs that print their CPU time. */
const PROGRAMS: Record<string, string> = {
  'a loop in user mode': `${BURN}burn(3)\n${USED}`,
  'system calls': `import os, time\nfd = os.open("/dev/zero", os.O_RDONLY)\nend = time.process_time() + 3\nwhile time.process_time() < end: os.read(fd, 65536)\n${USED}`,
  'child processes': `${BURN}import os\nfor n in range(3):\n    if os.fork() == 0:\n        burn(1)\n        os._exit(0)\nfor n in range(3): os.wait()\n${USED}`,
  'a program that mostly sleeps': `${BURN}burn(2)\ntime.sleep(2)\n${USED}`
}

void t.before(async () => {
  if (!isUnified) throw new Error('this machine does not use cgroup version 2: run npm run test:cgroup2')
  await needImages('python')
})

for (const pooled of [false, true]) {
  void t.test(`cpuTime is the CPU time that a program used, in a ${pooled ? 'ready' : 'new'} container`, async (t) => {
    const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '60', ...pooled ? WARM : {} } })
    for (const [title, code] of Object.entries(PROGRAMS)) {
      if (pooled) await until(async () => (await service.request('/readyz')).body.pool.ready > 0, 'a ready container')
      const { outcome, stdout, cpuTime } = await service.run('python', code)
      const used = Number(stdout) * 1e9
      t.equal(outcome, 'completed')
      t.ok(used >= 1.9e9 && Math.abs(cpuTime - used) <= TOLERANCE * used, `${title}: ${cpuTime} ns, ${used} expected`)
    }
  })
}

void t.test('cpuTime includes processes that the runner killed', async (t) => {
  const service = await startService(t)
  const { outcome, cpuTime, duration } = await service.run('python', 'import os\nos.fork()\nwhile True: pass', { limits: { time: 4 } })
  t.equal(outcome, 'timeout')
  t.ok(cpuTime > 0.8 * duration && cpuTime < 2.1 * duration, `${cpuTime} ns of CPU in ${duration} ns`)
})
