import t from 'tap'
import { Check } from 'typebox/schema'

import { containerStartFailed, engineUnreachable, executionTimeExceeded, imageNotAllowed, overloaded } from '../../../service/errors.js'
import * as compat from '../../../service/http/compat/index.js'
import { COMPLETED } from '../fakes.js'
import { startApp, type StartedApp } from './start-app.js'

interface Schema { type?: string, properties?: Record<string, Schema>, items?: Schema, anyOf?: Schema[], required?: string[] }
type Documented = Record<string, Record<string, { requestBody?: { required?: boolean, content: Record<string, { schema: Schema }> }, responses: Record<string, { content: Record<string, { schema: Schema }> }> }>>

interface Case {
  /** Path in the OpenAPI document. */
  path: string
  method?: 'get' | 'post'
  status: number
  url?: string
  body?: unknown
  headers?: Record<string, string>
  arrange?: (service: StartedApp) => void
}

const RUN = { image: 'runonce/python:latest', payload: { files: [{ name: 'main.py', content: '' }] } }
const down = (service: StartedApp) => { service.engine.fail = service.images.fail = engineUnreachable('gone') }
const fails = (error: Error) => (service: StartedApp) => { service.runs.handler = async () => { throw error } }

/** Returns requests that trigger each response of a route that runs code. `body` is a valid body of the route. */
const runs = (path: string, body: object, url = path): Case[] => {
  const post = { path, url, method: 'post' as const, body }
  return [
    { ...post, status: 200 },
    { ...post, status: 400, body: {} },
    { ...post, status: 400, arrange: fails(executionTimeExceeded('too long', { details: { result: COMPLETED } })) },
    { ...post, status: 401, headers: { 'x-access-token': 'wrong' } },
    { ...post, status: 413, body: { ...body, code: 'x'.repeat(3_000_000) } },
    { ...post, status: 415, headers: { 'content-type': 'text/plain' } },
    { ...post, status: 429, headers: { 'x-access-token': 'a-second-one-for-the-grader' } },
    { ...post, status: 500, arrange: fails(containerStartFailed('no')) },
    { ...post, status: 503, arrange: fails(overloaded('full', 1)) }
  ]
}

const CASES: Case[] = [
  { path: '/', status: 200 },
  { path: '/livez', status: 200 },
  { path: '/metrics', status: 200 },
  { path: '/readyz', status: 200 },
  { path: '/readyz', status: 503, arrange: ({ readiness }) => { readiness.reason = 'stopping' } },
  { path: '/api/health', status: 200 },
  { path: '/api/health', status: 503, arrange: down },
  { path: '/api/languages', status: 200 },
  { path: '/api/languages', status: 200, url: '/api/languages?details=1' },
  { path: '/api/languages', status: 400, url: '/api/languages?details=1&details=2' },
  { path: '/api/languages', status: 500, arrange: down },
  { path: '/version', status: 200 },
  { path: '/version', status: 401, headers: { 'x-access-token': 'wrong' } },
  { path: '/version', status: 429, headers: { 'x-access-token': 'a-second-one-for-the-grader' } },
  { path: '/version', status: 500, arrange: down },
  { path: '/run/interactive', status: 401, headers: { 'x-access-token': 'wrong' } },
  { path: '/run/interactive', status: 426 },
  { path: '/run/interactive', status: 429, headers: { 'x-access-token': 'a-second-one-for-the-grader' } },
  ...runs('/run', RUN),
  { path: '/run', method: 'post', status: 403, body: RUN, arrange: ({ images }) => { images.fail = imageNotAllowed('x', []) } },
  ...runs('/run/{language}', { code: '' }, '/run/python'),
  ...runs('/', { code: '' }),
  ...runs('/api/execute', { code: '', language: 'python' }),
  ...sandboxFusion(),
  ...piston()
]

function piston (): Case[] {
  if (!('piston' in compat)) return []
  const lists = ['/api/v2/runtimes', '/api/v2/packages'].flatMap((path): Case[] => [
    { path, status: 200 },
    { path, status: 401, headers: { 'x-access-token': 'wrong' } },
    { path, status: 429, headers: { 'x-access-token': 'a-second-one-for-the-grader' } },
    { path, status: 500, arrange: down }
  ])
  const body = { language: 'python', version: '*', files: [{ content: '' }] }
  const connect = [{ status: 401, headers: { 'x-access-token': 'wrong' } }, { status: 426 }, { status: 429, headers: { 'x-access-token': 'a-second-one-for-the-grader' } }]
    .map((each): Case => ({ path: '/api/v2/connect', ...each }))
  return [...lists, ...connect, ...runs('/api/v2/execute', body).filter(({ status, arrange }) => status !== 400 || arrange === undefined).map((each) =>
    each.status === 413 ? { ...each, body: { ...body, stdin: 'x'.repeat(3_000_000) } } : each)]
}

/** Failures of the service have the status 200. */
function sandboxFusion (): Case[] {
  if (!('sandboxFusion' in compat)) return []
  const body = { code: '', language: 'python' }
  const post = { path: '/run_code', method: 'post' as const, body }
  return [
    { ...post, status: 200 },
    { ...post, status: 200, body: { ...body, language: 'lean' } },
    { ...post, status: 200, arrange: fails(containerStartFailed('no')) },
    { ...post, status: 401, headers: { 'x-access-token': 'wrong' } },
    { ...post, status: 413, body: { ...body, code: 'x'.repeat(3_000_000) } },
    { ...post, status: 415, headers: { 'content-type': 'text/plain' } },
    { ...post, status: 422, body: {} },
    { ...post, status: 429, headers: { 'x-access-token': 'a-second-one-for-the-grader' } }
  ]
}

t.test('/openapi.json documents exactly the responses of every route', async (t) => {
  const { app } = await startApp(t)
  const paths = (await app.inject({ url: '/openapi.json' })).json().paths as Documented
  const seen = new Set<string>()
  for (const { path, method = 'get', status, url = path, body, headers, arrange } of CASES) {
    const what = `${method} ${url}: ${status}`
    const service = await startApp(t, { env: { RATE_LIMIT_TOKEN_MAX: '100' } })
    if (status === 429) for (let i = 0; i < 100; i++) await service.inject({ url: '/version', headers: { 'x-access-token': 'a-second-one-for-the-grader' } })
    arrange?.(service)
    const answer = method === 'get'
      ? await service.inject({ url, ...(headers === undefined ? {} : { headers }) })
      : await service.post(url, body, headers)
    t.equal(answer.statusCode, status, what)
    const documented = paths[path]?.[method]?.responses[status]?.content ?? {}
    const [type = ''] = String(answer.headers['content-type']).split(';')
    const schema = documented[type]?.schema
    t.ok(schema, `${what} is documented as ${type}`)
    const said: unknown = type === 'application/json' ? answer.json() : answer.body
    t.ok(Check(schema ?? {}, said), `${what} matches the schema`)
    t.same(unknownMembers(schema ?? {}, said), [], `${what} has no other members`)
    seen.add(`${method} ${path} ${status}`)
  }
  const documented = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, { responses }]) =>
    Object.keys(responses).map((status) => `${method} ${path} ${status}`)))
  t.same(documented.sort(), [...seen].sort())
})

t.test('/openapi.json documents the request bodies', async (t) => {
  const { app } = await startApp(t)
  const { paths, components } = (await app.inject({ url: '/openapi.json' })).json() as { paths: Documented, components: { schemas: Record<string, Schema> } }
  const bodyOf = (path: string) => paths[path]?.post?.requestBody
  for (const path of ['/run', '/run/{language}', '/', '/api/execute']) t.equal(bodyOf(path)?.required, true, path)
  const schemaOf = (path: string) => bodyOf(path)?.content['application/json']?.schema ?? {}
  t.same(schemaOf('/run').required, ['image', 'payload'])
  t.same(schemaOf('/run/{language}').required, ['code'])
  t.same(schemaOf('/api/execute').required, ['code', 'language'])
  t.same(Object.keys(components.schemas.Payload?.properties ?? {}), ['language', 'files', 'stdin', 'command', 'runInstructions', 'args', 'env', 'limits', 'outputs', 'cases', 'stopOnFailure'])
  t.ok(Check(components.schemas.Payload as object, RUN.payload))
})

/** Returns members that a schema does not define. A schema without properties allows any members. */
function unknownMembers (schema: Schema, value: unknown): string[] {
  if (schema.anyOf !== undefined) return unknownMembers(schema.anyOf.find((one) => Check(one, value)) ?? {}, value)
  if (Array.isArray(value)) return value.flatMap((item) => unknownMembers(schema.items ?? {}, item))
  const { properties } = schema
  if (typeof value !== 'object' || value === null || properties === undefined || Object.keys(properties).length === 0) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const known = properties[name]
    return known === undefined ? [name] : unknownMembers(known, member)
  })
}
