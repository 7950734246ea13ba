import { setTimeout as sleep } from 'node:timers/promises'

import t from 'tap'

import { run, startNode, until } from './kit.js'
import { RedisServer } from './redis-server.js'

const BATCH = 100

void t.test('no accepted job is lost when Redis does not respond for 20 s and when it is killed', async (t) => {
  const redis = await RedisServer.start(t)
  const nodes = [await startNode(t, redis.url), await startNode(t, redis.url)] as const
  const [front] = nodes
  for (const node of nodes) node.engine.runMs = 200
  const add = async () => {
    const { status, headers, body } = await front.request('/jobs', { body: { runs: Array.from({ length: BATCH }, () => run()) } })
    return { status, headers, ids: status === 202 ? body.ids as string[] : [], error: body.error }
  }
  const ids = (await add()).ids
  await until(() => front.engine.started > 5, 'some jobs to run')

  redis.signal('SIGSTOP')
  const refused = await add()
  t.match(refused, { status: 503, error: 'jobs.unavailable' })
  t.equal(refused.headers.get('retry-after'), '1')
  t.equal((await front.request('/run', { body: run() })).status, 200, 'synchronous runs do not need Redis')
  await sleep(20_000)
  redis.signal('SIGCONT')
  await until(async () => {
    const more = await add()
    ids.push(...more.ids)
    return more.status === 202
  }, 'Redis')

  await sleep(2000)
  await redis.kill()
  t.match(await add(), { status: 503, error: 'jobs.unavailable' })
  await sleep(3000)
  await redis.start()
  await until(async () => {
    const more = await add()
    ids.push(...more.ids)
    return more.status === 202
  }, 'Redis')

  t.equal(ids.length, 3 * BATCH)
  for (const id of ids) {
    for (const deadline = Date.now() + 90_000; Date.now() < deadline;) {
      const { status, body } = await front.request(`/jobs/${id}?wait=30`)
      if (status !== 200 || body.status !== 'completed') continue
      break
    }
  }
  const statuses = await Promise.all(ids.map(async (id) => (await front.job(id)).status))
  t.same([...new Set(statuses)], ['completed'])
  t.ok(front.lines.some(({ msg }) => msg === 'redis does not respond: jobs are not available until it responds'))
  t.ok(front.lines.some(({ msg }) => msg === 'redis responds again: jobs are available'))
})
