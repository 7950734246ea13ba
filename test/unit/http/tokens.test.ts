import { createHash } from 'node:crypto'

import type { InjectOptions } from 'fastify'
import t from 'tap'

import type { TokenEntry } from '../../../service/tokens/token-store.js'
import { FakeJobs } from './fake-jobs.js'
import { startApp, TOKEN } from './start-app.js'

const SECRET = 'course-token-51c2a9'
const entry = (others: Partial<TokenEntry> = {}): TokenEntry =>
  ({ name: 'course', digest: createHash('sha256').update(SECRET).digest(), policy: {}, images: undefined, ...others })

const body = (payload: object): InjectOptions => ({ method: 'POST', headers: { 'content-type': 'application/json' }, payload })
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
const RUN = { image: 'runonce/python:latest', payload: { files: [{ name: 'main.py', content: '1' }] } }
const CODE = { language: 'python', code: '1' }

/** A request to each API, and a header that contains the token. */
const REQUESTS: Array<[url: string, request: InjectOptions, header: string, valueOf: (token: string) => string]> = [
  ['/run', body(RUN), 'x-access-token', (token) => token],
  ['/run', body(RUN), 'authorization', (token) => `Bearer ${token}`],
  ['/run/python', body(CODE), 'authorization', (token) => basic(`${token}:`)],
  ['/', body(CODE), 'authorization', (token) => basic(`user:${token}`)],
  ['/api/execute', body(CODE), 'authorization', (token) => `Bearer ${token}`],
  ['/run_code', body(CODE), 'authorization', (token) => basic(`user:${token}`)],
  ['/api/v2/execute', body({ language: 'python', version: '*', files: [{ content: '1' }] }), 'authorization', (token) => basic(`${token}:`)],
  ['/submissions?wait=true', body({ source_code: '1', language_id: 71 }), 'x-auth-token', (token) => token],
  ['/mcp', {
    ...body({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'run_code', arguments: CODE } }),
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  }, 'authorization', (token) => `Bearer ${token}`],
  ['/jobs', body(RUN), 'x-access-token', (token) => token],
  ['/version', { method: 'GET' }, 'x-access-token', (token) => token],
  ['/languages', { method: 'GET' }, 'x-auth-token', (token) => token]
]

t.test('every API accepts a token of the file, and refuses it after it was removed', async (t) => {
  const { app, runs, tokens } = await startApp(t, { policies: [entry()], jobs: new FakeJobs() })
  for (const [url, request, header, valueOf] of REQUESTS) {
    const send = async (token = SECRET) => await app.inject({ ...request, url, headers: { ...request.headers, [header]: valueOf(token) } })
    tokens.replace([entry()])
    const accepted = await send()
    t.ok(accepted.statusCode < 300, `${url}: ${accepted.statusCode} ${accepted.body}`)
    tokens.replace([])
    t.equal((await send()).statusCode, 401, url)
    t.ok((await send(TOKEN)).statusCode < 300, `${url}: the token from the environment remains valid`)
  }
  t.same([...new Set(runs.requests.map(({ tokenName }) => tokenName))], ['course', 'default'])
})

t.test('a token has its own rate limit, which replaces that of the service and can change', async (t) => {
  const rate = (requests: number, windowMs = 60_000) => [entry({ policy: { rate: { requests, windowMs } } })]
  const { app, tokens } = await startApp(t, { env: { RATE_LIMIT_TOKEN_MAX: '2' }, policies: rate(4, 30_000) })
  const statusOf = async (token: string) => (await app.inject({ url: '/version', headers: { 'x-access-token': token } })).statusCode
  const statuses = async (token: string, count: number) => { const found: number[] = []; while (found.length < count) found.push(await statusOf(token)); return found }
  t.same(await statuses(SECRET, 5), [200, 200, 200, 200, 429])
  t.same(await statuses(TOKEN, 3), [200, 200, 429])
  const { headers } = await app.inject({ url: '/version', headers: { 'x-access-token': SECRET } })
  t.ok(Number(headers['retry-after']) > 20 && Number(headers['retry-after']) <= 30, `Retry-After: ${headers['retry-after']}`)
  tokens.replace(rate(8))
  t.equal(await statusOf(SECRET), 200, 'the limit was raised')
})

t.test('without RATE_LIMIT_TOKEN_MAX, only tokens with a rate are limited', async (t) => {
  const { app, tokens } = await startApp(t, { policies: [entry()] })
  const statusOf = async (token: string) => (await app.inject({ url: '/version', headers: { 'x-access-token': token } })).statusCode
  for (let i = 0; i < 3; i++) t.equal(await statusOf(SECRET), 200)
  tokens.replace([entry({ policy: { rate: { requests: 1, windowMs: 60_000 } } })])
  t.same([await statusOf(SECRET), await statusOf(SECRET), await statusOf(TOKEN)], [200, 429, 200])
})
