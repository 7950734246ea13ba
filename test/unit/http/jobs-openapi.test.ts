import type { InjectOptions } from 'fastify'
import t from 'tap'

import { engineUnreachable, idempotencyKeyReused, imageNotAllowed, jobStoreUnavailable } from '../../../service/errors.js'
import { FakeJobs, ID, QUEUED } from './fake-jobs.js'
import { SECOND_TOKEN, startApp, type StartedApp } from './start-app.js'

type Method = 'get' | 'post' | 'delete'
type Arrange = (jobs: FakeJobs, service: StartedApp) => void
type Case = [status: number, options?: InjectOptions, arrange?: Arrange]
type Documented = Record<string, Record<string, { responses: Record<string, { description: string }> }>>

const BODY = { image: 'runonce/python:latest', payload: { files: [{ name: 'main.py', content: '' }] } }
const WRONG_TOKEN = { headers: { 'x-access-token': 'wrong' } }
const fails = (error: Error): Arrange => (jobs) => { jobs.fail = error }
/** The responses of every route. 501 and 429 are in the test. */
const ALWAYS: Case[] = [[401, WRONG_TOKEN], [500, {}, fails(new Error('a bug'))], [503, {}, fails(jobStoreUnavailable())]]

const CASES: Array<[method: Method, path: string, url: string, cases: Case[]]> = [
  ['post', '/jobs', '/jobs', [
    [202], [400, { payload: {} }], [413, { payload: { ...BODY, input: 'x'.repeat(3_000_000) } }], [415, { headers: { 'content-type': 'text/plain' }, payload: 'x' }],
    [403, {}, (_jobs, { images }) => { images.fail = imageNotAllowed('x', []) }], [422, {}, fails(idempotencyKeyReused())],
    [500, {}, (_jobs, { images }) => { images.fail = engineUnreachable('gone') }], ...ALWAYS
  ]],
  ['get', '/jobs', '/jobs', [[200], [400, { url: '/jobs?limit=0' }], ...ALWAYS]],
  ['get', '/jobs/{id}', `/jobs/${ID}`, [[200], [400, { url: `/jobs/${ID}?wait=x` }], [404, { url: '/jobs/x' }], ...ALWAYS]],
  ['delete', '/jobs/{id}', `/jobs/${ID}`, [[204], [202, {}, (jobs) => { jobs.job = { ...QUEUED, status: 'active' } }], [404, { url: '/jobs/x' }], ...ALWAYS]]
]

for (const [method, path, url, cases] of CASES) {
  t.test(`/openapi.json documents exactly the responses of ${method} ${path}`, async (t) => {
    const body = method === 'post' ? { payload: BODY } : {}
    const seen = new Set<string>()
    const check = (responses: Documented[string][string]['responses'], status: number, text: string) => {
      seen.add(String(status))
      const slug = status >= 400 ? `\`${JSON.parse(text).error}\`` : ''
      t.ok(responses[status]?.description.includes(slug), `${status} ${slug} is documented`)
    }
    const without = await startApp(t, { env: { RATE_LIMIT_TOKEN_MAX: '1' } })
    const responses = ((await without.app.inject({ url: '/openapi.json' })).json().paths as Documented)[path]?.[method]?.responses ?? {}
    for (const status of [501, 429]) {
      const response = await without.inject({ method, url, ...body, headers: { 'x-access-token': SECOND_TOKEN } })
      t.equal(response.statusCode, status)
      check(responses, status, response.body)
    }
    for (const [status, options = {}, arrange = () => {}] of cases) {
      const jobs = new FakeJobs()
      const service = await startApp(t, { jobs })
      arrange(jobs, service)
      const response = await service.inject({ method, url, ...body, ...options })
      t.equal(response.statusCode, status)
      check(responses, status, response.body)
    }
    t.same(Object.keys(responses).sort(), [...seen].sort())
  })
}
