import t from 'tap'

import { startApp, TOKEN } from './start-app.js'

const PAGE = 'https://app.example.org'
const OTHER = 'https://other.example.org'
const PREFLIGHT = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-access-token' }
const RUN = { method: 'POST', url: '/run/python', payload: { code: 'print(1)' } } as const

const corsHeaders = (headers: object) => Object.keys(headers).filter((name) => name.startsWith('access-control-')).sort()

t.test('by default, web pages of other origins cannot use the API', async (t) => {
  const { app } = await startApp(t)
  const preflight = await app.inject({ method: 'OPTIONS', url: '/run', headers: { origin: PAGE, ...PREFLIGHT } })
  t.equal(preflight.statusCode, 405)
  t.same(corsHeaders(preflight.headers), [])
  const response = await app.inject({ ...RUN, headers: { origin: PAGE, 'x-access-token': TOKEN } })
  t.equal(response.statusCode, 200)
  t.same(corsHeaders(response.headers), [])
})

t.test('CORS_ORIGIN allows the listed origins, for preflight requests without a token and for responses', async (t) => {
  const { app } = await startApp(t, { env: { CORS_ORIGIN: `${PAGE} http://127.0.0.1:3000` } })
  for (const url of ['/run', '/run/python', '/api/execute', '/version']) {
    const { statusCode, headers, body } = await app.inject({ method: 'OPTIONS', url, headers: { origin: PAGE, ...PREFLIGHT } })
    t.equal(statusCode, 204, url)
    t.equal(body, '')
    t.match(headers, {
      'access-control-allow-origin': PAGE,
      'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
      'access-control-allow-headers': 'content-type,x-access-token',
      'access-control-max-age': '600'
    })
  }
  for (const token of [TOKEN, 'wrong']) {
    const { statusCode, headers } = await app.inject({ ...RUN, headers: { origin: 'http://127.0.0.1:3000', 'x-access-token': token } })
    t.equal(statusCode, token === TOKEN ? 200 : 401)
    t.match(headers, { 'access-control-allow-origin': 'http://127.0.0.1:3000', 'access-control-expose-headers': 'X-Request-Id, Retry-After, Location, WWW-Authenticate, Mcp-Session-Id', vary: /Origin/ })
    t.notOk(headers['access-control-allow-credentials'])
  }
})

t.test('CORS_ORIGIN does not allow other origins', async (t) => {
  const { app } = await startApp(t, { env: { CORS_ORIGIN: PAGE } })
  for (const origin of [OTHER, 'null', `${PAGE}.evil.example`, 'http://app.example.org', `${PAGE}:8443`]) {
    const preflight = await app.inject({ method: 'OPTIONS', url: '/run', headers: { origin, ...PREFLIGHT } })
    t.notOk(preflight.headers['access-control-allow-origin'], origin)
    t.notOk((await app.inject({ ...RUN, headers: { origin, 'x-access-token': TOKEN } })).headers['access-control-allow-origin'], origin)
  }
})

t.test('CORS_ORIGIN=* allows every origin, without credentials', async (t) => {
  const { app } = await startApp(t, { env: { CORS_ORIGIN: '*' } })
  for (const origin of [OTHER, 'null']) {
    const { headers } = await app.inject({ ...RUN, headers: { origin, 'x-access-token': TOKEN } })
    t.equal(headers['access-control-allow-origin'], '*')
    t.notOk(headers['access-control-allow-credentials'])
  }
})

t.test('web pages can read the session ID of MCP', async (t) => {
  const page = 'http://localhost:3000'
  const { app } = await startApp(t, { env: { CORS_ORIGIN: page } })
  const { statusCode, headers } = await app.inject({
    method: 'POST',
    url: '/mcp',
    headers: { origin: page, 'x-access-token': TOKEN, accept: 'application/json, text/event-stream' },
    payload: { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'page', version: '1' } } }
  })
  t.equal(statusCode, 200)
  t.ok(headers['mcp-session-id'])
  t.match(headers['access-control-expose-headers'], 'Mcp-Session-Id')
})

t.test('a response with events has the headers', async (t) => {
  const { app } = await startApp(t, { env: { CORS_ORIGIN: PAGE } })
  const { headers } = await app.inject({ ...RUN, headers: { origin: PAGE, accept: 'text/event-stream', 'x-access-token': TOKEN } })
  t.match(headers, { 'access-control-allow-origin': PAGE, 'content-type': /^text\/event-stream/ })
})

t.test('web pages of other origins cannot read /metrics', async (t) => {
  const { app } = await startApp(t, { env: { CORS_ORIGIN: '*' } })
  const { statusCode, headers } = await app.inject({ url: '/metrics', headers: { origin: PAGE } })
  t.equal(statusCode, 200)
  t.same(corsHeaders(headers), [])
})

t.test('with CORS_ORIGIN, other OPTIONS requests, unknown paths and methods have the same responses as without', async (t) => {
  const { app } = await startApp(t, { env: { CORS_ORIGIN: PAGE } })
  for (const [method, url, headers, status, error, allow] of [
    ['OPTIONS', '/run', {}, 405, 'method_not_allowed', 'POST'],
    ['OPTIONS', '/run', { origin: PAGE }, 405, 'method_not_allowed', 'POST'],
    ['OPTIONS', '/nowhere', { origin: PAGE, ...PREFLIGHT }, 404, 'not_found', undefined],
    ['OPTIONS', '/nowhere', {}, 404, 'not_found', undefined],
    ['GET', '/nowhere', { origin: PAGE }, 404, 'not_found', undefined],
    ['GET', '/run', { origin: PAGE }, 405, 'method_not_allowed', 'POST']
  ] as const) {
    const response = await app.inject({ method, url, headers })
    t.equal(response.statusCode, status, `${method} ${url}`)
    t.equal(response.json().error, error)
    t.equal(response.headers.allow, allow)
  }
})

t.test('the metrics contain the route of a preflight request', async (t) => {
  const { app } = await startApp(t, { env: { CORS_ORIGIN: PAGE } })
  for (const url of ['/run/python', '/nowhere']) await app.inject({ method: 'OPTIONS', url, headers: { origin: PAGE, ...PREFLIGHT } })
  const { body } = await app.inject({ url: '/metrics' })
  t.match(body, 'runonce_http_responses_total{method="OPTIONS",route="/run/:language",status="204"} 1')
  t.match(body, 'runonce_http_responses_total{method="OPTIONS",route="",status="404"} 1')
})
