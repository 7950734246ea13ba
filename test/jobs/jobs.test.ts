import t from 'tap'

import { COMPLETED, gate } from '../unit/fakes.js'
import { ONE_AT_A_TIME, run, SECOND_TOKEN, startBusyNode, startNode, until } from './kit.js'
import { RedisServer } from './redis-server.js'

void t.test('a job runs in the background', async (t) => {
  const redis = await RedisServer.start(t)
  const node = await startNode(t, redis.url)
  const response = await node.request('/jobs', { body: run() })
  t.equal(response.status, 202)
  const [id] = response.body.ids
  t.equal(response.headers.get('location'), `/jobs/${id}`)
  const job = await node.job(id, '?wait=10')
  t.match(job, { id, status: 'completed', result: COMPLETED })
  t.ok(job.createdAt <= job.startedAt && job.startedAt <= job.finishedAt)
  t.equal(job.position, undefined)
  await until(() => node.lines.some(({ msg }) => msg === 'job'), 'the log line')
  t.match(node.lines.find(({ msg }) => msg === 'job'), { jobId: id, tokenName: 'default', status: 'completed', starts: 1 })
  t.match(node.lines.find(({ msg }) => msg === 'run'), { jobId: id, outcome: 'completed' })
  const { body: metrics } = await node.request('/metrics')
  t.match(metrics, /^runonce_jobs\{token="default",status="completed"\} 1$/m)
  t.match(metrics, /^runonce_jobs_finished_total\{token="default",status="completed",error=""\} 1$/m)
  t.match(metrics, /^runonce_job_seconds_count\{status="completed"\} 1$/m)
  t.match(metrics, /^runonce_redis_up 1$/m)
})

void t.test('several jobs of one request are queued by priority, and can be listed', async (t) => {
  const redis = await RedisServer.start(t)
  const { node, first, open } = await startBusyNode(t, redis.url)
  const { body: { ids } } = await node.request('/jobs', { body: { runs: [run(), run(), run()] } })
  const urgent = await node.add({ priority: 1 })
  t.same((await node.job(urgent)).position, 0)
  t.same(await Promise.all(ids.map(async (id: string) => (await node.job(id)).position)), [1, 2, 3])

  await t.test('pages', async (t) => {
    const { body: page } = await node.request('/jobs?limit=2')
    t.same(page.jobs.map(({ id }: { id: string }) => id), [first, urgent])
    const { body: rest } = await node.request(`/jobs?limit=10&after=${page.next}`)
    t.same(rest.jobs.map(({ id }: { id: string }) => id), ids)
    t.equal(rest.next, undefined)
    t.same((await node.request('/jobs?status=active')).body.jobs.length, 1)
    t.equal((await node.request('/jobs?after=x.1')).status, 400)
  })

  await t.test('another token cannot see the jobs', async (t) => {
    t.match(await node.request(`/jobs/${first}`, { token: SECOND_TOKEN }), { status: 404, body: { error: 'jobs.not_found' } })
    t.equal((await node.request(`/jobs/${first}`, { method: 'DELETE', token: SECOND_TOKEN })).status, 404)
    t.same((await node.request('/jobs', { token: SECOND_TOKEN })).body, { jobs: [] })
  })

  open()
  for (const id of ids) t.equal((await node.job(id, '?wait=20')).status, 'completed')
  t.ok((await node.job(urgent)).startedAt <= (await node.job(ids[0])).startedAt)
})

void t.test('the metrics contain the age of the oldest waiting job, which may have any priority', async (t) => {
  const redis = await RedisServer.start(t)
  const { node, open } = await startBusyNode(t, redis.url)
  const age = async () => Number(/^runonce_jobs_oldest_seconds\{token="default"\} ([\d.]+)$/m.exec((await node.request('/metrics')).body)?.[1])
  t.equal(await age(), 0, 'a job that runs does not wait')
  const last = await node.add({ priority: 10 })
  await until(async () => await age() > 2, 'the job to wait')
  const before = await age()
  await node.add({ priority: 1 })
  t.ok(await age() >= before, 'an urgent job is younger')
  t.equal((await node.request(`/jobs/${last}`, { method: 'DELETE' })).status, 204)
  t.ok(await age() < before, 'the oldest job was deleted')
  open()
  await until(async () => await age() === 0, 'the jobs to start')
})

void t.test('a job can be cancelled while it waits and while it runs, by any service', async (t) => {
  const redis = await RedisServer.start(t)
  const node = await startNode(t, redis.url, ONE_AT_A_TIME)
  const other = await startNode(t, redis.url, { JOBS_WORKERS: '0' })
  const { opened, open } = gate()
  node.engine.gate = opened
  const running = await other.add()
  await until(() => node.engine.started === 1, 'the job to start')
  const waiting = await other.add()
  t.equal((await other.request(`/jobs/${waiting}`, { method: 'DELETE' })).status, 204)
  t.equal((await other.request(`/jobs/${waiting}`)).status, 404)
  t.equal((await other.request(`/jobs/${running}`, { method: 'DELETE' })).status, 202)
  t.match(await other.job(running, '?wait=10'), { status: 'failed', error: { error: 'jobs.cancelled' } })
  t.equal((await other.request(`/jobs/${running}`, { method: 'DELETE' })).status, 204, 'the outcome is deleted')
  t.equal((await other.request(`/jobs/${running}`)).status, 404)
  open()
  t.equal((await node.job(await node.add(), '?wait=10')).status, 'completed', 'the slot is free')
  t.equal(node.engine.started, 2)
})
