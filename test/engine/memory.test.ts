import t from 'tap'

import { docker, needImages, startService, submission, until, type Service } from './kit.js'

const MIB = 1024 * 1024
const WARM = { POOL_MAX: '2', POOL_IMAGES: 'runonce/python:latest' }
const allocates = (mib: number) => `block = b"x" * (${mib} << 20); print(len(block) >> 20)`
/** Prints the memory limit of the container; cgroup version 2 or version 1. */
const LIMIT = `
import os
paths = "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"
print(open(next(path for path in paths if os.path.exists(path))).read().strip())`

void t.before(() => needImages('python', 'javascript'))

for (const pooled of [false, true]) {
  void t.test(`limits.memory applies in a ${pooled ? 'ready' : 'new'} container`, async (t) => {
    const service = await startService(t, { env: pooled ? WARM : {} })
    const run = async (code: string, memory: number) => {
      if (pooled) await measured(service)
      return await service.run('python', code, { limits: { memory } })
    }
    t.match(await run(allocates(100), 64 * MIB), { outcome: 'out_of_memory' })
    t.match(await run(allocates(300), 512 * MIB), { outcome: 'completed', stdout: '300\n' })
    t.match(await run(LIMIT, 64 * MIB), { stdout: `${64 * MIB}\n` })
    t.match(await run(LIMIT, 768 * MIB), { stdout: `${768 * MIB}\n` })
    const logged = await until(() => {
      const lines = service.logs.filter(({ msg }) => msg === 'run')
      return lines.length === 4 && lines
    }, 'the log lines')
    t.same(logged.map((line) => line.pooled), Array(4).fill(pooled))
  })
}

void t.test('swap is limited too, and limits.processes applies in a ready container', async (t) => {
  const service = await startService(t, { env: WARM })
  await measured(service)
  const run = service.run('python', 'import time; time.sleep(2)', { limits: { memory: 96 * MIB, processes: 12 } })
  const container = await until(async () => (await service.containers()).find(({ HostConfig }) => HostConfig.PidsLimit === 12), 'the update')
  t.match((await docker.getContainer(container.Id).inspect()).HostConfig, { Memory: 96 * MIB, MemorySwap: 96 * MIB })
  t.match(await run, { outcome: 'completed' })
  await measured(service)
  const threads = 'import threading, time\nfor n in range(40): threading.Thread(target=time.sleep, args=(2,), daemon=True).start()'
  t.match(await service.run('python', threads, { limits: { processes: 12 } }), { outcome: 'failed', stderr: /can't start new thread/ })
})

void t.test('an interpreter with a fixed heap gets a new container, and a heap of the right size', async (t) => {
  const service = await startService(t, { env: { ...WARM, POOL_IMAGES: 'runonce/javascript:latest' } })
  await measured(service)
  const heap = 'const all = []; for (let n = 0; n < 380; n++) all.push(new Array(2 ** 17).fill(n)); console.log(all.length)'
  t.match(await service.run('javascript', heap, { limits: { memory: 1024 * MIB, time: 10 } }), { outcome: 'completed', stdout: '380\n' })
  t.match(await until(() => service.logs.find(({ msg }) => msg === 'run'), 'the log line'), { pooled: false })
})

void t.test('a limit over the cap returns 400 and names the cap', async (t) => {
  const service = await startService(t, { env: { DOCKER_CONTAINER_MEMORY: String(256 * MIB) } })
  const limits = { memory: 256 * MIB + 1 }
  for (const { status, body } of [
    await service.post('/run', submission('python', 'print(1)', { limits })),
    await service.post('/run', { ...submission('python', 'print(1)'), limits }),
    await service.post('/run/python', { code: 'print(1)', limits })
  ]) {
    t.equal(status, 400)
    t.match(body, { error: 'request.invalid', message: /limits\.memory must be at most 268435456 bytes \(DOCKER_CONTAINER_MEMORY_CAP\)/ })
  }
})

/** Waits until the pool has measured its containers: the assumed value is 24 MiB. */
async function measured (service: Service): Promise<void> {
  await until(async () => {
    const { pool } = (await service.request('/readyz')).body as { pool: { images: Array<{ ready: number, idleBytes: number }> } }
    return pool.images.some(({ ready, idleBytes }) => ready > 0 && idleBytes !== 24 * MIB)
  }, 'a measured container')
}
