import t from 'tap'

import { startApp } from '../../start-app.js'
import { messagesOf, post, rpc } from './messages.js'

const INITIALIZE = { capabilities: {}, clientInfo: { name: 'test', version: '1' } }
const VERSION = '2026-07-28'
const META = {
  'io.modelcontextprotocol/protocolVersion': VERSION,
  'io.modelcontextprotocol/clientInfo': INITIALIZE.clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {}
}

t.test('initialize negotiates the protocol version', async (t) => {
  const service = await startApp(t)
  for (const [sent, expected] of [['2025-11-25', '2025-11-25'], ['2025-06-18', '2025-06-18'], ['2025-03-26', '2025-03-26'], ['2099-01-01', '2025-11-25']]) {
    const response = await post(service, rpc('initialize', { ...INITIALIZE, protocolVersion: sent }))
    t.equal(response.statusCode, 200)
    t.match(messagesOf(response), [{ id: 1, result: { protocolVersion: expected, serverInfo: { name: 'runonce', version: '1.2.3' }, capabilities: { tools: {} }, instructions: /run_code/ } }])
  }
})

t.test('a client of version 2026-07-28 needs no handshake', async (t) => {
  const service = await startApp(t)
  const headers = { 'mcp-protocol-version': VERSION }
  const discovered = await post(service, rpc('server/discover', { _meta: META }), { ...headers, 'mcp-method': 'server/discover' })
  t.match(messagesOf(discovered), [{ result: { supportedVersions: [VERSION], resultType: 'complete' } }])
  const called = await post(service, rpc('tools/call', { name: 'run_code', arguments: { language: 'python', code: '' }, _meta: META }), { ...headers, 'mcp-method': 'tools/call', 'mcp-name': 'run_code' })
  t.match(called.headers, { 'content-type': 'application/json' })
  t.match(messagesOf(called), [{ result: { content: [{ text: /^completed/ }], structuredContent: { stdout: 'hi\n' } } }])
  const wrong = await post(service, rpc('tools/list', { _meta: { ...META, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } }), { 'mcp-protocol-version': '2099-01-01', 'mcp-method': 'tools/list' })
  t.match([wrong.statusCode, messagesOf(wrong)], [400, [{ id: 1, error: { code: -32022, data: { supported: [VERSION] } } }]])
})

t.test('ping, unknown methods and unknown tools have the responses of the specification', async (t) => {
  const service = await startApp(t)
  for (const [body, expected] of [
    [rpc('ping', {}, 'a'), { id: 'a', result: {} }],
    [rpc('resources/list'), { error: { code: -32601, message: 'Method not found' } }],
    [rpc('no/such'), { error: { code: -32601 } }],
    [rpc('tools/call', { name: 'no_such' }), { error: { code: -32602, message: 'Unknown tool: no_such' } }],
    [rpc('tools/call', { arguments: {} }), { error: { code: -32602 } }]
  ] as const) {
    const response = await post(service, body)
    t.equal(response.statusCode, 200)
    t.match(messagesOf(response), [expected])
  }
})

t.test('notifications and responses are accepted without a body', async (t) => {
  const service = await startApp(t)
  for (const body of [{ jsonrpc: '2.0', method: 'notifications/initialized' }, { jsonrpc: '2.0', id: 1, result: {} }]) {
    const { statusCode, body: text } = await post(service, body)
    t.match([statusCode, text], [202, ''])
  }
})

t.test('a batch gets one response for each request, and can contain at most one call of a tool', async (t) => {
  const service = await startApp(t)
  t.match(messagesOf(await post(service, [rpc('ping', {}, 1), rpc('ping', {}, 2)])), [{ id: 1, result: {} }, { id: 2, result: {} }])
  t.equal((await post(service, [])).statusCode, 400)
  const call = rpc('tools/call', { name: 'run_code', arguments: { language: 'python', code: '' } })
  t.match(messagesOf(await post(service, [call, rpc('ping', {}, 2)])).length, 2)
  const several = await post(service, [call, { ...call, id: 2 }])
  t.match([several.statusCode, several.json()], [400, { jsonrpc: '2.0', id: null, error: { code: -32600, message: /one tools\/call/ } }])
  t.equal(service.runs.requests.length, 1)
})

t.test('a batch contains at most 100 messages', async (t) => {
  const service = await startApp(t)
  const batch = (size: number) => Array.from({ length: size }, (_, id) => rpc('ping', {}, id))
  t.equal(messagesOf(await post(service, batch(100))).length, 100)
  const refused = await post(service, batch(101))
  t.match([refused.statusCode, refused.json()], [400, { jsonrpc: '2.0', id: null, error: { code: -32600, message: /more than 100 messages/ } }])
})

t.test('a body that is not a JSON-RPC message is an error', async (t) => {
  const service = await startApp(t, { env: { RUN_MAX_PAYLOAD_SIZE: '1000' } })
  const cases: Array<[unknown, number, number]> = [
    ['{', 400, -32700], ['', 400, -32700], ['null', 400, -32600], ['5', 400, -32600], [{ a: 1 }, 400, -32600],
    [{ jsonrpc: '1.0', method: 'ping' }, 400, -32600], ['x'.repeat(2000), 413, -32000]
  ]
  for (const [body, status, code] of cases) {
    const response = await post(service, body)
    t.match([response.statusCode, response.json()], [status, { jsonrpc: '2.0', id: null, error: { code } }], JSON.stringify(body).slice(0, 50))
  }
})

t.test('the transport refuses other media types, versions and methods', async (t) => {
  const service = await startApp(t)
  const cases: Array<[Record<string, string>, number]> = [
    [{ 'content-type': 'text/plain' }, 415], [{ accept: 'application/json' }, 406], [{ 'mcp-protocol-version': '1999-01-01' }, 400]
  ]
  for (const [headers, status] of cases) {
    const response = await post(service, rpc('ping'), headers)
    t.match([response.statusCode, response.json()], [status, { jsonrpc: '2.0', error: { code: -32000 } }], JSON.stringify(headers))
  }
  for (const method of ['GET', 'DELETE'] as const) {
    const { statusCode, headers } = await service.inject({ method, url: '/mcp', headers: { accept: 'text/event-stream' } })
    t.match([statusCode, headers.allow], [405, 'POST'], method)
  }
})

t.test('a request without the token is refused before its body is read', async (t) => {
  const service = await startApp(t)
  const response = await post(service, '{', { 'x-access-token': 'wrong' })
  t.match([response.statusCode, response.json()], [401, { jsonrpc: '2.0', id: null, error: { code: -32000, data: { error: 'access_token' } } }])
  t.equal(response.headers['www-authenticate'], 'Bearer realm="runonce"')
})

t.test('a website cannot reach the service by DNS rebinding', async (t) => {
  const service = await startApp(t)
  for (const [origin, status] of [['http://localhost:6274', 200], ['http://127.0.0.1', 200], ['https://example.com', 403], ['null', 403], ['x', 403]] as const) {
    const response = await post(service, rpc('ping'), { origin, host: 'example.com' })
    t.equal(response.statusCode, status, origin)
    if (status === 403) t.match(response.json(), { error: { code: -32000, message: /Origin/ } })
  }
})

t.test('each request counts for the rate limit', async (t) => {
  const service = await startApp(t, { env: { RATE_LIMIT_TOKEN_MAX: '2' } })
  for (let n = 0; n < 2; n++) t.equal((await post(service, rpc('ping'))).statusCode, 200)
  const limited = await post(service, rpc('ping'))
  t.match([limited.statusCode, limited.headers['retry-after'], limited.json()], [429, /^\d+$/, { error: { code: -32000, data: { error: 'rate_limit' } } }])
})
