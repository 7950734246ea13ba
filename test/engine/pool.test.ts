import t from 'tap'

import { docker, needImages, startService, until, type Service } from './kit.js'

/** Seconds that the killer of ready containers is at work. */
const KILLER_SECONDS = Number(process.env.RUNONCE_TEST_KILLER_SECONDS ?? 15)
const IDLE = 50
const IDLE_WATCH_MS = 5000

interface PoolState { ready: number, images: Array<{ image: string, ready: number, target: number, hits: number, misses: number }> }

async function pool (service: Service): Promise<PoolState> {
  return (await service.request('/readyz')).body.pool
}

async function untilReady (service: Service, count: number, ms = 20_000) {
  await until(async () => (await pool(service)).ready === count, `${count} ready containers`, ms)
}

void t.test('a ready container serves one run, and is replaced', async (t) => {
  await needImages('python')
  const service = await startService(t, { env: { POOL_IMAGES: 'runonce/python:latest', POOL_MIN: '1', POOL_MAX: '4' } })
  await untilReady(service, 1)
  const [ready] = await service.running(1)
  t.match(await service.run('python', 'print("first")'), { stdout: 'first\n', outcome: 'completed' })
  await until(async () => !(await service.containers()).some(({ Id }) => Id === ready?.Id), 'the used container to go')
  await untilReady(service, 1)
  t.match(await service.run('python', 'open("left", "x").close(); print("second")'), { stdout: 'second\n' })
  await untilReady(service, 1)
  t.match(await service.run('python', 'import os; print(os.listdir("."))'), { stdout: "['main.py']\n" }, 'nothing of the run before')
  t.match((await pool(service)).images[0], { hits: 3, misses: 0 })
  t.match(service.logs.filter(({ msg }) => msg === 'run').map(({ pooled }) => pooled), [true, true, true])
})

void t.test('after kill -9 with a full pool no container is left in 5 s', async (t) => {
  const service = await startService(t, { endedByTest: true, env: { POOL_IMAGES: 'runonce/python:latest', POOL_MIN: '6', POOL_MAX: '6' } })
  await untilReady(service, 6)
  service.process.kill('SIGKILL')
  await until(async () => (await service.containers()).length === 0, 'all to go', 5000)
})

void t.test('ready containers that die under load cost no request', async (t) => {
  const service = await startService(t, { env: { POOL_IMAGES: 'runonce/python:latest', POOL_MIN: '3', POOL_MAX: '3' } })
  await untilReady(service, 3)
  const end = Date.now() + KILLER_SECONDS * 1000
  let killed = 0
  const killer = (async () => {
    for (; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 1000))) {
      const running = (await service.containers()).filter(({ State, Created }) => State.Running && Date.parse(Created) < Date.now() - 300)
      const victim = running[Math.floor(Math.random() * running.length)]
      if (victim === undefined) continue
      await docker.getContainer(victim.Id).remove({ force: true }).then(() => { killed++ }, () => {})
    }
  })()
  let served = 0
  const client = async () => {
    for (; Date.now() < end; served++) {
      t.match(await service.run('python', `print(${served})`), { stdout: `${served}\n`, outcome: 'completed' })
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
  }
  await Promise.all([killer, client()])
  t.comment(`${killed} containers killed, ${served} runs served`)
  t.ok(killed > 0, `${killed} killed`)
  await untilReady(service, 3)
})

void t.test('when a tag moves, the next run is the new image\'s', async (t) => {
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
  }, 'other containers to be ready', 20_000)
  t.match(await run(), { stdout: /^\d+\n$/ })
})

void t.test(`${IDLE} ready containers cost next to nothing while they wait`, async (t) => {
  await needImages('bash')
  const service = await startService(t, { collectsGarbage: true, env: { POOL_IMAGES: 'runonce/bash:latest', POOL_MIN: '1', POOL_MAX: '1' } })
  await untilReady(service, 1)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const one = service.residentBytes() / 1024
  const full = await startService(t, { collectsGarbage: true, env: { POOL_IMAGES: 'runonce/bash:latest', POOL_MIN: String(IDLE), POOL_MAX: String(IDLE), POOL_MEMORY: '4000000000' } })
  await untilReady(full, IDLE, 90_000)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const grown = (full.residentBytes() / 1024 - one) / (IDLE - 1)
  t.ok(grown < 200, `the service holds ${grown.toFixed(0)} KiB a ready container`)
  const ids = (await full.containers()).map(({ Id }) => Id)
  const before = await cpuNs(ids)
  await new Promise((resolve) => setTimeout(resolve, IDLE_WATCH_MS))
  const share = (await cpuNs(ids) - before) / (IDLE_WATCH_MS * 1e6)
  t.ok(share < 0.005, `${(share * 100).toFixed(3)} % of one core`)
})

async function cpuNs (ids: string[]): Promise<number> {
  const stats = await Promise.all(ids.map((id) => docker.getContainer(id).stats({ stream: false, 'one-shot': true })))
  return stats.reduce((sum, { cpu_stats: { cpu_usage: { total_usage: ns } } }) => sum + ns, 0)
}

void t.test('a stop in the middle of a refill leaves no container behind', async (t) => {
  await needImages('bash')
  for (let stop = 0; stop < 6; stop++) {
    await t.test(`stop ${stop + 1}`, async (t) => {
      const service = await startService(t, { env: { POOL_IMAGES: 'runonce/bash:latest', POOL_MIN: '4', POOL_MAX: '8' } })
      await new Promise((resolve) => setTimeout(resolve, 80 * stop))
      t.equal(await service.stop(), 0)
      t.same(await service.containers(), [])
    })
  }
})
