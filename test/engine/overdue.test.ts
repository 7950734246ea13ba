import { cpus } from 'node:os'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'

import { buildImage, docker, needImages, startService, submission, until } from './kit.js'

/** Shell code that prints the CPU quota of the container, in microseconds per 100,000; cgroup version 2 or version 1. */
const QUOTA = '$(cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null | cut -d" " -f1)'
/** A program that sends its result after its CPU limit has changed. */
const LATE = `head -c 1 >/dev/null; before=${QUOTA}; while now=${QUOTA}; [ $now = $before ]; do sleep 0.02; done; ` +
  'echo "{\\"stdout\\":\\"$before $now\\",\\"stderr\\":\\"\\",\\"error\\":\\"\\",\\"outcome\\":\\"timeout\\"}"'
const ENV = { RUN_MAX_EXECUTION_TIME: '1', DOCKER_CONTAINER_CPUS: '0.5' }
/** Duration of the suspension in milliseconds, longer than the sum of the time limit and the backstop of the service. */
const SUSPENDED_MS = 7000
const skip = cpus().length > 1 ? false : 'the machine has only one core'

void t.test('a runner whose result is overdue gets all cores, and its result is returned', { skip }, async (t) => {
  const service = await startService(t, { env: ENV })
  const image = await buildImage(t, `FROM debian:trixie-slim\nENTRYPOINT ${JSON.stringify(['sh', '-c', LATE])}\n`, { 'runonce.protocol': '1', 'runonce.language': 'late' })
  const { status, body, ms } = await service.post('/run', { ...submission('late', ''), image })
  t.equal(status, 200)
  t.match(body, { stdout: `50000 ${cpus().length * 100_000}`, outcome: 'timeout' })
  t.ok(ms >= 1300, `after the time limit: ${ms} ms`)
})

void t.test('a paused container gets all cores when its result is overdue, and its run returns 500', { skip }, async (t) => {
  const service = await startService(t, { env: ENV })
  const image = await buildImage(t, 'FROM debian:trixie-slim\nENTRYPOINT ["sleep", "60"]\n', { 'runonce.protocol': '1', 'runonce.language': 'frozen' })
  const run = service.post('/run', { ...submission('frozen', ''), image })
  const [container] = await service.running(1)
  const wasUpdated = await watchUpdate(t, container!.Id)
  await docker.getContainer(container!.Id).pause()
  const { status, body } = await run
  t.equal(status, 500)
  t.match(body, { error: 'docker.container.stream.read', message: /paused/ })
  await until(wasUpdated, 'the event of the lifted limit')
})

void t.test('a running container without a result causes a timeout', async (t) => {
  const service = await startService(t, { env: ENV })
  const image = await buildImage(t, 'FROM debian:trixie-slim\nENTRYPOINT ["sleep", "60"]\n', { 'runonce.protocol': '1', 'runonce.language': 'frozen' })
  t.match((await service.post('/run', { ...submission('frozen', ''), image })).body, { outcome: 'timeout', stdout: '' })
})

void t.test('the result of a program that finished while the service was suspended is returned', async (t) => {
  await needImages('python')
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '3' } })
  const run = service.post('/run', submission('python', 'import time; time.sleep(1); print("x" * 700_000)'))
  await service.running(1)
  service.process.kill('SIGSTOP')
  await sleep(SUSPENDED_MS)
  service.process.kill('SIGCONT')
  const { body, ms } = await run
  t.match(body, { outcome: 'completed', stdoutBytes: 700_001 })
  t.ok(ms > SUSPENDED_MS, 'the program finished during the suspension')
})

/** Returns a function that reports whether the engine has changed the limits of the container. */
async function watchUpdate (t: Test, id: string): Promise<() => boolean> {
  const events = await docker.getEvents({ filters: { container: [id], event: ['update'] } as never }) as Readable
  let updated = false
  events.on('data', () => { updated = true }).on('error', () => {})
  t.teardown(() => { events.destroy() })
  return () => updated
}
