import t, { type Test } from 'tap'

import { needImages, startService, until, type Result, type Service } from '../engine/kit.js'
import { cgroupOf, counter, isUnified } from './cgroup.js'

const MIB = 2 ** 20
const WARM = { POOL_MAX: '1', POOL_IMAGES: 'runonce/python:latest' }
/** Highest accepted deviation. */
const TOLERANCE = 0.1
const touches = (mib: number) => `block = b"x" * (${mib} << 20)`

void t.before(async () => {
  if (!isUnified) throw new Error('this machine does not use cgroup version 2: run npm run test:cgroup2')
  await needImages('python', 'bash')
})

for (const pooled of [false, true]) {
  const where = pooled ? 'a ready container' : 'a new container'
  void t.test(`memoryPeak is the memory that a program touched, in ${where}`, async (t) => {
    const service = await startService(t, { env: pooled ? WARM : {} })
    const peakOf = async (code: string) => peak(await run(service, code, pooled))
    const idle = await peakOf('')
    t.ok(idle > 0 && idle < 40 * MIB, `an empty program uses ${idle} bytes`)
    for (const mib of [40, 100, 200]) isNear(t, await peakOf(touches(mib)) - idle, mib * MIB, `${mib} MiB on the heap`)
    isNear(t, await peakOf(`${touches(200)}\ndel block`), 200 * MIB, 'memory that the program has freed')
    isNear(t, await peakOf(`open("/tmp/x", "wb").write(b"x" * (1 << 20) * 30)\n${touches(100)}`) - idle, 130 * MIB, 'a file on tmpfs, and the heap')
    const child = `import os\nif os.fork() == 0:\n    ${touches(100)}\n    os._exit(0)\nos.wait()`
    isNear(t, await peakOf(child) - idle, 100 * MIB, 'memory of a child process')
  })

  void t.test(`a program that exceeds its memory limit has the outcome out_of_memory, in ${where}`, async (t) => {
    const service = await startService(t, { env: pooled ? WARM : {} })
    for (const mib of [64, 256]) {
      const result = await run(service, `print("before", flush=True)\n${touches(2 * mib)}`, pooled, { limits: { memory: mib * MIB } })
      t.match(result, { outcome: 'out_of_memory', stdout: 'before\n', stderr: '', signal: 'SIGKILL' })
      isNear(t, peak(result), mib * MIB, 'memoryPeak is the limit')
    }
    const child = 'import os\nif os.fork() == 0:\n    block = b"x" * (1 << 30)\n_, status = os.wait()\nprint(os.WTERMSIG(status))'
    t.match(await run(service, child, pooled), { outcome: 'completed', stdout: '9\n' }, 'the kernel kills only the process that exceeds the limit')
  })
}

void t.test('files on tmpfs count, and a full cgroup does not stop the runner', async (t) => {
  const service = await startService(t)
  const fill = 'import os\nfor n in range(30):\n    os.write(os.open(f"/tmp/{n}", os.O_CREAT | os.O_WRONLY), b"x" * (1 << 20))'
  const result = await service.run('python', `${fill}\n${touches(300)}`, { limits: { memory: 128 * MIB } })
  t.match(result, { outcome: 'out_of_memory' })
  isNear(t, peak(result), 128 * MIB, 'memoryPeak is the limit')
})

void t.test('the counters of the kernel agree with the result', async (t) => {
  const service = await startService(t)
  const code = `import os, time\nif os.fork() == 0:\n    block = b"x" * (1 << 30)\nos.wait()\n${touches(50)}\ntime.sleep(3)`
  const running = service.run('python', code, { limits: { memory: 128 * MIB } })
  const container = await until(async () => (await service.containers()).find(({ State }) => State.Running), 'a container')
  const cgroup = await cgroupOf(container.Id)
  t.equal(counter(cgroup, 'memory.max'), 128 * MIB)
  t.equal(counter(cgroup, 'memory.swap.max'), 0)
  await until(() => counter(cgroup, 'memory.events', 'oom_kill') === 1, 'the OOM kill')
  await until(() => counter(cgroup, 'memory.current') > 50 * MIB, 'the memory of the program')
  const kernelPeak = counter(cgroup, 'memory.peak')
  const result = await running
  t.match(result, { outcome: 'completed' })
  t.equal(peak(result), kernelPeak)
})

/** Runs a Python program. @param pooled waits for a ready container first */
async function run (service: Service, code: string, pooled: boolean, payload: object = {}): Promise<Result> {
  if (pooled) await until(async () => (await service.request('/readyz')).body.pool.ready > 0, 'a ready container')
  return await service.run('python', code, payload)
}

function peak ({ memoryPeak }: Result): number {
  if (typeof memoryPeak !== 'number') throw new Error('the result has no memoryPeak')
  return memoryPeak
}

function isNear (t: Test, found: number, wanted: number, what: string): void {
  t.ok(Math.abs(found - wanted) <= TOLERANCE * wanted, `${what}: ${found} bytes, ${wanted} expected`)
}
