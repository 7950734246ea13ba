import { containerStartFailed, engineUnreachable, executionTimeExceeded, imageNotAllowed, overloaded } from '../../../service/errors.js'
import * as compat from '../../../service/http/compat/index.js'
import { COMPLETED } from '../fakes.js'
import type { startApp, StartedApp } from './start-app.js'

/** A request that triggers a response. */
export interface Case {
  /** Path in the OpenAPI document. */
  path: string
  method?: 'get' | 'post' | 'delete'
  status: number
  url?: string | ((service: StartedApp) => Promise<string>)
  options?: Parameters<typeof startApp>[1]
  body?: unknown
  headers?: Record<string, string>
  arrange?: (service: StartedApp) => void
}

const WRONG_TOKEN = { 'x-access-token': 'wrong' }
const LIMITED_TOKEN = { 'x-access-token': 'a-second-one-for-the-grader' }
export const RUN = { image: 'runonce/python:latest', payload: { files: [{ name: 'main.py', content: '' }] } }
const down = (service: StartedApp) => { service.engine.fail = service.images.fail = engineUnreachable('gone') }
const fails = (error: Error) => (service: StartedApp) => { service.runs.handler = async () => { throw error } }

/** Returns requests that trigger each response of a route that runs code. `body` is a valid body of the route. */
const runs = (path: string, body: object, url = path): Case[] => {
  const post = { path, url, method: 'post' as const, body }
  return [
    { ...post, status: 200 },
    { ...post, status: 400, body: {} },
    { ...post, status: 400, arrange: fails(executionTimeExceeded('too long', { details: { result: COMPLETED } })) },
    { ...post, status: 401, headers: WRONG_TOKEN },
    { ...post, status: 413, body: { ...body, code: 'x'.repeat(3_000_000) } },
    { ...post, status: 415, headers: { 'content-type': 'text/plain' } },
    { ...post, status: 429, headers: LIMITED_TOKEN },
    { ...post, status: 500, arrange: fails(containerStartFailed('no')) },
    { ...post, status: 503, arrange: fails(overloaded('full', 1)) }
  ]
}

export const CASES: Case[] = [
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
  { path: '/version', status: 401, headers: WRONG_TOKEN },
  { path: '/version', status: 429, headers: LIMITED_TOKEN },
  { path: '/version', status: 500, arrange: down },
  { path: '/run/interactive', status: 401, headers: WRONG_TOKEN },
  { path: '/run/interactive', status: 426 },
  { path: '/run/interactive', status: 429, headers: LIMITED_TOKEN },
  ...runs('/run', RUN),
  { path: '/run', method: 'post', status: 403, body: RUN, arrange: ({ images }) => { images.fail = imageNotAllowed('x', []) } },
  ...runs('/run/{language}', { code: '' }, '/run/python'),
  ...runs('/', { code: '' }),
  ...runs('/api/execute', { code: '', language: 'python' }),
  ...sandboxFusion(),
  ...piston(),
  ...judge0()
]

function judge0 (): Case[] {
  if (!('judge0' in compat)) return []
  const guarded = (each: Case): Case[] => [each, { ...each, status: 401, headers: WRONG_TOKEN }, { ...each, status: 429, headers: LIMITED_TOKEN }]
  const create = (path: string, body: object): Case[] => [
    ...runs(path, body).filter(({ status, arrange }) => status !== 200 && (status < 500) && arrange === undefined),
    { path, method: 'post', body, status: 201 },
    { path, method: 'post', body, status: 500, arrange: down },
    { path, method: 'post', body, status: 503, arrange: ({ stopping }) => stopping.abort() }
  ]
  const program = { source_code: 'x', language_id: 71 }
  const large = (body: object) => (each: Case): Case => each.status === 413 ? { ...each, body: { ...body, stdin: 'x'.repeat(3_000_000) } } : each
  return [
    ...create('/submissions', program).map(large(program)).map((each) => each.status === 400 ? { ...each, body: program, url: '/submissions?fields=x' } : each),
    { path: '/submissions', method: 'post', url: '/submissions?wait=true&fields=*', body: program, status: 201 },
    { path: '/submissions', method: 'post', body: {}, status: 422 },
    ...create('/submissions/batch', { submissions: [program] }).map(large({})),
    { path: '/submissions/batch', method: 'post', body: { submissions: [{}] }, status: 422 },
    ...['/languages', '/languages/all', '/languages/{id}'].flatMap((path) => {
      const url = path.replace('{id}', '71')
      return [...guarded({ path, url, status: 200 }), { path, url, status: 500, arrange: down }]
    }),
    { path: '/languages/{id}', url: '/languages/0', status: 404 },
    ...['/statuses', '/about', '/config_info', '/system_info'].flatMap((path) => guarded({ path, status: 200 })),
    ...guarded({ path: '/authenticate', method: 'post', status: 200 }),
    ...guarded({ path: '/authorize', method: 'post', status: 403 }),
    ...guarded({ path: '/submissions', status: 403 }),
    ...guarded({ path: '/submissions/{token}', method: 'delete', url: '/submissions/x', status: 403 }),
    ...results()
  ]
}

function results (): Case[] {
  const program = { source_code: 'x', language_id: 71 }
  const tokenOf = async ({ post }: StartedApp): Promise<string> => (await post('/submissions?wait=true', program)).json().token
  const refuses = async () => { throw new Error('Redis is down') }
  const redis = { defineCommand: () => {}, set: refuses, mget: refuses, del: refuses, zadd: refuses, zcard: refuses, zpopmin: refuses, pexpire: refuses }
  return ([['/submissions/{token}', '/submissions/'], ['/submissions/batch', '/submissions/batch?tokens=']] as const).flatMap(([path, prefix]): Case[] => [
    { path, url: async (service) => `${prefix}${await tokenOf(service)}`, status: 200 },
    { path, url: `${prefix}${path === '/submissions/batch' ? '' : 'x?fields=x'}`, status: 400 },
    { path, url: `${prefix}x`, status: 401, headers: WRONG_TOKEN },
    ...path === '/submissions/batch' ? [] : [{ path, url: `${prefix}x`, status: 404 }],
    { path, url: `${prefix}x`, status: 429, headers: LIMITED_TOKEN },
    { path, url: `${prefix}x`, status: 503, options: { redis } }
  ])
}

function piston (): Case[] {
  if (!('piston' in compat)) return []
  const lists = ['/api/v2/runtimes', '/api/v2/packages'].flatMap((path): Case[] => [
    { path, status: 200 },
    { path, status: 401, headers: WRONG_TOKEN },
    { path, status: 429, headers: LIMITED_TOKEN },
    { path, status: 500, arrange: down }
  ])
  const body = { language: 'python', version: '*', files: [{ content: '' }] }
  const connect = [{ status: 401, headers: WRONG_TOKEN }, { status: 426 }, { status: 429, headers: LIMITED_TOKEN }]
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
    { ...post, status: 401, headers: WRONG_TOKEN },
    { ...post, status: 413, body: { ...body, code: 'x'.repeat(3_000_000) } },
    { ...post, status: 415, headers: { 'content-type': 'text/plain' } },
    { ...post, status: 422, body: {} },
    { ...post, status: 429, headers: LIMITED_TOKEN }
  ]
}
