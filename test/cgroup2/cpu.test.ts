import t from 'tap'

import { needImages, startService, until } from '../engine/kit.js'
import { isUnified } from './cgroup.js'

const WARM = { POOL_MAX: '1', POOL_IMAGES: 'runonce/python:latest' }
/** Highest accepted deviation. */
const TOLERANCE = 0.1
/** Interval at which a program prints its CPU time, in seconds. */
const STEP_S = 0.05
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
  const code = `import os, time\nos.fork()\nnext = ${STEP_S}\nwhile True:\n    if time.process_time() >= next:\n        print(os.getpid(), next, flush=True)\n        next += ${STEP_S}`
  const { outcome, cpuTime, stdout } = await service.run('python', code, { limits: { time: 6 } })
  t.equal(outcome, 'timeout')
  const printed = new Map(stdout.trim().split('\n').map((line) => line.split(' ') as [string, string]))
  t.equal(printed.size, 2, 'both processes ran')
  const used = 1e9 * [...printed.values()].reduce((sum, seconds) => sum + Number(seconds), 0)
  t.ok(cpuTime >= used && cpuTime <= (1 + TOLERANCE) * used + 2 * STEP_S * 1e9, `${cpuTime} ns, ${used} printed`)
})
