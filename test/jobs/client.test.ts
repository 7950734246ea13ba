import t from 'tap'

import { gate } from '../unit/fakes.js'
import { ONE_AT_A_TIME, run, SECOND_TOKEN, startBusyNode, startNode, TOKEN, until } from './kit.js'
import { RedisServer } from './redis-server.js'

void t.test('following a job', async (t) => {
  const redis = await RedisServer.start(t)
  const { node, open } = await startBusyNode(t, redis.url)
  const id = await node.add()

  await t.test('a long poll ends after its time, and an invalid time is rejected', async (t) => {
    const startedAt = performance.now()
    t.match(await node.job(id, '?wait=1'), { status: 'queued', position: 0 })
    t.ok(performance.now() - startedAt >= 1000)
    for (const wait of ['61', '-1', '1.5', 'x']) t.equal((await node.request(`/jobs/${id}?wait=${wait}`)).status, 400, wait)
  })

  await t.test('events report each status, and the last one contains the result', async (t) => {
    const headers = { authorization: `Bearer ${TOKEN}`, accept: 'text/event-stream' }
    t.equal((await fetch(`${node.service.url}/jobs/00000000-0000-4000-8000-000000000000`, { headers })).status, 404)
    const response = await fetch(`${node.service.url}/jobs/${id}`, { headers })
    t.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
    open()
    const text = await response.text()
    const names = [...text.matchAll(/^event: (\w+)$/mg)].map(([, name]) => name)
    t.same([names[0], names.at(-1)], ['queued', 'completed'])
    const data = text.trimEnd().split('\n').at(-1) ?? ''
    t.match(JSON.parse(data.replace('data: ', '')), { id, status: 'completed', result: { stdout: 'hi\n' } })
  })
})

void t.test('repeated and invalid requests', async (t) => {
  const redis = await RedisServer.start(t)
  const node = await startNode(t, redis.url, { JOBS_MAX_QUEUED: '4', JOBS_WORKERS: '0' })
  const post = async (body: object, headers: Record<string, string> = {}, token = TOKEN) => await node.request('/jobs', { body, headers, token })

  await t.test('an idempotency key creates the jobs once for each token', async (t) => {
    const key = { 'idempotency-key': 'submission 7' }
    const both = await Promise.all([post({ runs: [run(), run()] }, key), post({ runs: [run(), run()] }, key)])
    t.same(both[0]?.body, both[1]?.body)
    t.same((await post({ runs: [run(), run()] }, key)).body, both[0]?.body)
    t.equal((await node.request('/jobs')).body.jobs.length, 2)
    t.match(await post(run(), key), { status: 422, body: { error: 'jobs.idempotency_key' } })
    const other = await post({ runs: [run(), run()] }, key, SECOND_TOKEN)
    t.equal(other.status, 202)
    t.not(other.body.ids[0], both[0]?.body.ids[0])
  })

  await t.test('a request with an invalid run creates no job', async (t) => {
    for (const [body, message] of [
      [{}, /^image or language is required/],
      [{ image: 'runonce/bash:latest' }, /^payload is required/],
      [{ ...run(), priority: 11 }, /^priority must be/],
      [{ ...run(), ttl: 0 }, /^ttl must be/],
      [{ ...run(), webhook: 'https://example.com' }, /^webhook is not supported: WEBHOOK_ALLOW/],
      [{ language: 'bash' }, /^code is required/],
      [{ language: 'cobol', code: 'x' }, /^Language "cobol"/],
      [{ runs: [] }, /^runs must NOT have fewer than 1 items/],
      [{ runs: [run()], image: 'x' }, /^image must not be combined with runs/],
      [{ runs: [run(), { image: 'runonce/bash:latest', payload: { files: [] } }] }, /^runs\[1\]: payload.files must contain/]
    ] as const) {
      const { status, body: { message: actual } } = await post(body)
      t.equal(status, 400)
      t.match(actual, message)
    }
    t.equal((await node.request('/jobs')).body.jobs.length, 2)
  })

  await t.test('a token has a maximum number of unfinished jobs', async (t) => {
    const full = await post({ runs: [run(), run(), run()] })
    t.match({ status: full.status, body: full.body }, { status: 429, body: { error: 'jobs.too_many' } })
    t.match(full.headers.get('retry-after'), /^\d+$/)
    t.equal((await post({ language: 'bash', code: 'echo hi' }, {}, SECOND_TOKEN)).status, 202)
  })
})

void t.test('a job fails if it waits longer than its ttl, or if its result is too large', async (t) => {
  const redis = await RedisServer.start(t)
  const node = await startNode(t, redis.url, { ...ONE_AT_A_TIME, JOBS_MAX_RESULT_SIZE: '100', JOBS_RESULT_TTL: '3' })
  const large = await node.add()
  t.match(await node.job(large, '?wait=10'), { status: 'failed', error: { error: 'jobs.result_too_large' } })
  const { opened, open } = gate()
  node.engine.gate = opened
  await node.add()
  await until(() => node.engine.started === 2, 'a job to start')
  const late = await node.add({ ttl: 0.1 })
  await new Promise((resolve) => setTimeout(resolve, 200))
  open()
  t.match(await node.job(late, '?wait=10'), { status: 'failed', error: { error: 'jobs.expired' } })
  await until(async () => (await node.request(`/jobs/${late}`)).status === 404, 'the deletion of the job')
})

void t.test('a job gives way to synchronous runs, and runs on another service', async (t) => {
  const redis = await RedisServer.start(t)
  const busy = await startNode(t, redis.url, ONE_AT_A_TIME)
  const { opened, open } = gate()
  busy.engine.gate = opened
  const synchronous = [busy.request('/run', { body: run() }), busy.request('/run', { body: run() })]
  await until(() => busy.engine.started === 1, 'the run to start')
  const id = await busy.add()
  const other = await startNode(t, redis.url, { ...ONE_AT_A_TIME, SERVER_MODE: 'worker' })
  t.equal((await busy.job(id, '?wait=20')).status, 'completed')
  t.equal(other.engine.started, 1)
  t.equal((await other.request('/jobs')).status, 404, 'a worker has no routes for jobs')
  t.equal((await other.request('/readyz')).status, 200)
  const second = await busy.add()
  await other.service.stop()
  open()
  for (const response of synchronous) t.equal((await response).status, 200)
  t.equal((await busy.job(second, '?wait=20')).status, 'completed')
})
