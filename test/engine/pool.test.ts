import t from 'tap'

import { docker, needImages, startService, submission, until, type Service } from './kit.js'
import { seededRandom } from './random.js'

/** Number of times that a random ready container is killed. */
const KILLS = Number(process.env.RUNONCE_TEST_KILLS ?? 12)
const POOL_SIZE = 3

interface PoolState { ready: number, images: Array<{ image: string, ready: number, target: number, hits: number, misses: number }> }

async function pool (service: Service): Promise<PoolState> {
  return (await service.request('/readyz')).body.pool
}

/** Waits for at least `count` ready containers. Demand may raise the target of the pool above its minimum. */
async function untilReady (service: Service, count: number) {
  await until(async () => (await pool(service)).ready >= count, `${count} ready containers`)
}

async function idsOf (service: Service): Promise<string[]> {
  return (await service.containers()).map(({ Id }) => Id)
}

void t.test('a ready container serves one run, and is replaced', async (t) => {
  await needImages('python')
  const service = await startService(t, { env: { POOL_IMAGES: 'runonce/python:latest', POOL_MIN: '1', POOL_MAX: '4' } })
  await untilReady(service, 1)
  const before = await idsOf(service)
  t.match(await service.run('python', 'print("first")'), { stdout: 'first\n', outcome: 'completed' })
  await until(async () => {
    const now = await idsOf(service)
    return before.some((id) => !now.includes(id))
  }, 'the removal of the used container')
  await untilReady(service, 1)
  t.match(await service.run('python', 'open("left", "x").close(); print("second")'), { stdout: 'second\n' })
  await untilReady(service, 1)
  t.match(await service.run('python', 'import os; print(os.listdir("."))'), { stdout: "['main.py']\n" }, 'no files of the previous run')
  t.match((await pool(service)).images[0], { hits: 3, misses: 0 })
  t.match(service.logs.filter(({ msg }) => msg === 'run').map(({ pooled }) => pooled), [true, true, true])
})

void t.test('all containers are removed after kill -9 with a full pool', async (t) => {
  const service = await startService(t, { endedByTest: true, env: { POOL_IMAGES: 'runonce/python:latest', POOL_MIN: '6', POOL_MAX: '6' } })
  await untilReady(service, 6)
  service.process.kill('SIGKILL')
  await until(async () => (await idsOf(service)).length === 0, 'the removal of all containers')
})

void t.test(`a run succeeds although a random ready container was killed just before it, ${KILLS} times`, async (t) => {
  const random = seededRandom(t)
  const service = await startService(t, { env: { POOL_IMAGES: 'runonce/python:latest', POOL_MIN: String(POOL_SIZE), POOL_MAX: String(POOL_SIZE) } })
  for (let kill = 1; kill <= KILLS; kill++) {
    await untilReady(service, POOL_SIZE)
    const running = (await service.containers()).filter(({ State }) => State.Running)
    const victim = running[Math.floor(random() * running.length)]
    await docker.getContainer(victim!.Id).remove({ force: true })
    const results = await Promise.all([1, 2].map((run) => service.run('python', `print(${kill}, ${run})`)))
    t.match(results, [1, 2].map((run) => ({ stdout: `${kill} ${run}\n`, outcome: 'completed' })))
  }
  await untilReady(service, POOL_SIZE)
})

void t.test('a run in a pooled container that is removed returns 500, and is not repeated', async (t) => {
  const service = await startService(t, { env: { POOL_IMAGES: 'runonce/python:latest', POOL_MIN: '1', POOL_MAX: '1' } })
  await untilReady(service, 1)
  const [container] = await service.running(1)
  const run = service.post('/run', submission('python', 'import time; time.sleep(9)'))
  await until(async () => (await pool(service)).ready === 0, 'the lease')
  await docker.getContainer(container!.Id).remove({ force: true })
  const { status, body, ms } = await run
  t.equal(status, 500)
  t.match(body, { error: 'docker.container.stream.read', message: /without a result/ })
  t.ok(ms < 9000, `${ms} ms`)
  t.match((await pool(service)).images[0], { hits: 1, misses: 0 })
})

void t.test('when a tag moves, the next run uses the new image', async (t) => {
  await needImages('python', 'bash')
  const tag = 'runonce/moving-tag'
  const move = (image: string) => docker.getImage(image).tag({ repo: tag, tag: 'latest' })
  t.teardown(async () => { await docker.getImage(`${tag}:latest`).remove({ noprune: true }) })
  await move('runonce/python:latest')
  const service = await startService(t, { env: { POOL_IMAGES: `${tag}:latest`, POOL_MIN: '2', POOL_MAX: '4' } })
  await untilReady(service, 2)
  const run = async () => (await service.post('/run', { image: `${tag}:latest`, payload: { files: [{ name: 'main', content: 'print = 7; "echo" $((6 * print))' }] } })).body
  t.match(await run(), { outcome: 'failed', stderr: /SyntaxError/ })
  await untilReady(service, 2)
  const before = (await service.running(2)).map(({ Id }) => Id)
  await move('runonce/bash:latest')
  await until(async () => {
    const ids = (await service.containers()).map(({ Id }) => Id)
    return ids.length === 2 && !ids.some((id) => before.includes(id))
  }, 'other containers to be ready')
  t.match(await run(), { stdout: /^\d+\n$/ })
})

void t.test('all containers are removed after a stop during a refill', async (t) => {
  await needImages('bash')
  for (const count of [0, 1, 2, 3, 4]) {
    await t.test(`with ${count} of 4 containers`, async (t) => {
      const service = await startService(t, { env: { POOL_IMAGES: 'runonce/bash:latest', POOL_MIN: '4', POOL_MAX: '8' } })
      await until(async () => (await service.containers()).length >= count, `${count} containers`)
      t.equal(await service.stop(), 0)
      t.same(await service.containers(), [])
    })
  }
})
