import t from 'tap'

import type { Job } from '../../../service/runs/job-ports.js'
import { foreignImage } from '../fakes.js'
import { FakeJobs, ID, QUEUED } from './fake-jobs.js'
import { startApp } from './start-app.js'

const PAYLOAD = { files: [{ name: 'main.py', content: 'x' }] }
const FINISHED: Job = { ...QUEUED, status: 'completed', startedAtMs: 2000, finishedAtMs: 3000, position: undefined, outcome: Buffer.from('{"result":{"n":1.10}}') }

t.test('without Redis, each route returns 501, after the check of the token', async (t) => {
  const { inject, app } = await startApp(t)
  for (const [method, url] of [['POST', '/jobs'], ['GET', '/jobs'], ['GET', '/jobs/x'], ['DELETE', '/jobs/x']] as const) {
    const response = await inject({ method, url })
    t.match({ status: response.statusCode, body: response.json() }, { status: 501, body: { error: 'jobs.unavailable', message: /set REDIS_URL/ } }, `${method} ${url}`)
    t.equal((await app.inject({ method, url })).statusCode, 401)
  }
})

t.test('a run is validated and encoded like a synchronous run', async (t) => {
  const jobs = new FakeJobs()
  const { post } = await startApp(t, { jobs })
  const response = await post('/jobs', { image: 'runonce/python:latest', payload: PAYLOAD, limits: { time: 2 }, priority: 1, ttl: 1.5 }, { 'idempotency-key': 'k' })
  t.same([response.statusCode, response.headers.location, response.json()], [202, `/jobs/${ID}`, { ids: [ID] }])
  t.match(jobs.added, [{ tokenName: 'default', priority: 1, ttlMs: 1500, idempotency: { key: 'k' }, runs: [{ image: { ref: 'runonce/python:latest' }, limits: { timeMs: 2000 }, streams: false }] }])
  await post('/jobs', { language: 'py', code: 'print(1)', input: 'in' })
  t.match(JSON.parse(String(jobs.added[1]?.runs[0]?.payload)), { files: [{ name: 'main.py', content: 'print(1)' }], stdin: 'in' })
  t.match(jobs.added[1], { priority: 5, ttlMs: undefined, idempotency: undefined })
})

t.test('a foreign image receives the payload of a single run unchanged', async (t) => {
  const jobs = new FakeJobs()
  const { post } = await startApp(t, { jobs })
  await post('/jobs', `{"image": "${foreignImage().ref}", "payload": {"n": 1.10}}`)
  await post('/jobs', `{"runs": [{"image": "${foreignImage().ref}", "payload": {"n": 1.10}}]}`)
  t.same(jobs.added.map(({ runs }) => String(runs[0]?.payload)), ['{"n": 1.10}', '{"n":1.1}'])
})

t.test('a job contains its result as the image wrote it', async (t) => {
  const jobs = new FakeJobs()
  const { inject } = await startApp(t, { jobs })
  t.same((await inject({ url: `/jobs/${ID}` })).json(), { id: ID, status: 'queued', createdAt: '1970-01-01T00:00:01.000Z', position: 2 })
  jobs.job = FINISHED
  t.match((await inject({ url: `/jobs/${ID}` })).body, /,"finishedAt":"1970-01-01T00:00:03.000Z","result":\{"n":1\.10\}\}$/)
  t.equal((await inject({ url: '/jobs/x' })).statusCode, 404)
  t.match((await inject({ url: '/jobs?limit=1' })).json(), { jobs: [{ id: ID }], next: 'failed.1' })
  t.equal((await inject({ url: '/jobs?limit=101' })).statusCode, 400)
  t.equal((await inject({ url: '/jobs?status=done' })).statusCode, 400)
})

t.test('a long poll ends when the job has finished, or when the service shuts down', async (t) => {
  const jobs = new FakeJobs()
  const { inject, stopping } = await startApp(t, { jobs })
  const finished = inject({ url: `/jobs/${ID}?wait=60` })
  while (jobs.listeners.size === 0) await new Promise(setImmediate)
  jobs.job = FINISHED
  for (const listener of jobs.listeners) listener()
  t.equal((await finished).json().status, 'completed')
  t.equal(jobs.listeners.size, 0, 'the listener is removed')
  jobs.job = QUEUED
  const stopped = inject({ url: `/jobs/${ID}?wait=60` })
  while (jobs.listeners.size === 0) await new Promise(setImmediate)
  stopping.abort(new Error('stopping'))
  t.equal((await stopped).json().status, 'queued')
})

t.test('the deletion of a running job returns 202, and that of any other job returns 204', async (t) => {
  const jobs = new FakeJobs()
  const { inject } = await startApp(t, { jobs })
  t.equal((await inject({ method: 'DELETE', url: `/jobs/${ID}` })).statusCode, 204)
  jobs.job = { ...QUEUED, status: 'active' }
  t.equal((await inject({ method: 'DELETE', url: `/jobs/${ID}` })).statusCode, 202)
})
