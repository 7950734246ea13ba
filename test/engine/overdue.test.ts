import { cpus } from 'node:os'
import t from 'tap'

import { buildImage, docker, startService, submission, until } from './kit.js'

const LATE = 'head -c 1 >/dev/null; sleep 2.2; echo \'{"stdout":"late","stderr":"","error":"","outcome":"timeout"}\'; sleep 5'
const skip = cpus().length > 1 ? false : 'one core is all there is'

void t.test('a runner whose answer is overdue gets all cores, and its answer counts', { skip }, async (t) => {
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '1', DOCKER_CONTAINER_CPUS: '0.5' } })
  const image = await buildImage(t, `FROM debian:trixie-slim\nENTRYPOINT ${JSON.stringify(['sh', '-c', LATE])}\n`, { 'runonce.protocol': '1', 'runonce.language': 'late' })
  const startedAt = Date.now()
  const answer = service.post('/run', { ...submission('late', ''), image })
  const [container] = await service.running(1)
  t.equal(container?.HostConfig.NanoCpus, 5e8)
  await until(async () => (await service.containers())[0]?.HostConfig.NanoCpus === cpus().length * 1e9, 'the limit to be lifted')
  t.ok(Date.now() - startedAt >= 1300, 'not within the time limit')
  const { status, body } = await answer
  t.equal(status, 200)
  t.match(body, { stdout: 'late', outcome: 'timeout' })
})

void t.test('a frozen container is helped along, and ended at the backstop all the same', { skip }, async (t) => {
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '1', DOCKER_CONTAINER_CPUS: '0.5' } })
  const image = await buildImage(t, 'FROM debian:trixie-slim\nENTRYPOINT ["sleep", "60"]\n', { 'runonce.protocol': '1', 'runonce.language': 'frozen' })
  const answer = service.post('/run', { ...submission('frozen', ''), image })
  const [container] = await service.running(1)
  await docker.getContainer(container!.Id).pause()
  await until(async () => (await service.containers())[0]?.HostConfig.NanoCpus === cpus().length * 1e9, 'the limit to be lifted')
  const { body, ms } = await answer
  t.match(body, { outcome: 'timeout', stdout: '' })
  t.ok(ms < 10_000, `${ms} ms`)
})
