import { once } from 'node:events'

import t from 'tap'
import type { WebSocket } from 'ws'

import { overloaded } from '../../../service/errors.js'
import { until } from '../fakes.js'
import { exchange } from './exchange.js'
import { FIRST, open, start } from './interactive-client.js'
import { TOKEN } from './start-app.js'

t.test('a wrong token in a header is a 401 response, and a wrong or missing token in the message closes the socket', async (t) => {
  const { port, runs } = await start(t)
  const { socket } = open(port, { headers: { authorization: 'Bearer wrong' } })
  const [, response] = await once(socket, 'unexpected-response')
  t.equal(response.statusCode, 401)
  t.ok(response.headers['x-request-id'])
  for (const message of [FIRST, { ...FIRST, token: 'wrong' }, { ...FIRST, token: '' }, { ...FIRST, token: 5 }]) {
    const { send, events, closed } = open(port, {})
    send(message)
    t.equal(await closed, 1008)
    t.match(events, [{ type: 'error', error: 'access_token' }])
  }
  t.same(runs.requests, [])
})

t.test('at most 50 sockets wait for a token', async (t) => {
  const { port } = await start(t)
  const waiting = Array.from({ length: 50 }, () => open(port, {}))
  await Promise.all(waiting.map(({ socket }) => once(socket, 'open')))
  const refused = open(port, {})
  const [, response] = await once(refused.socket, 'unexpected-response')
  t.equal(response.statusCode, 503)
  t.equal(response.headers['retry-after'], '5')
  const { send, events } = open(port)
  send(FIRST)
  waiting[0]?.send({ ...FIRST, token: TOKEN })
  await until(async () => {
    const again = open(port, {})
    const [type] = await Promise.race([once(again.socket, 'open').then(() => ['open']), once(again.socket, 'unexpected-response').then(() => ['no'])])
    return type === 'open'
  }, 'a free place after one has sent its token')
  t.same(events, [], 'a client with a token in its header does not count')
  for (const { socket } of waiting) socket.terminate()
})

t.test('the rate limits apply to the token in the first message', async (t) => {
  const { port } = await start(t, { RATE_LIMIT_TOKEN_MAX: '1' })
  const first = open(port, {})
  first.send({ ...FIRST, token: TOKEN })
  first.send({ type: 'stdinEnd' })
  t.equal(await first.closed, 1000)
  const second = open(port, {})
  second.send({ ...FIRST, token: TOKEN })
  t.equal(await second.closed, 1008)
  t.match(second.events, [{ type: 'error', error: 'rate_limit' }])
  const { socket } = open(port)
  const [, response] = await once(socket, 'unexpected-response')
  t.equal(response.statusCode, 429)
})

t.test('a client that closes the socket ends its run', async (t) => {
  const { port, runs } = await start(t)
  for (const close of [(socket: WebSocket) => socket.close(), (socket: WebSocket) => socket.terminate()]) {
    const { socket, send } = open(port)
    send(FIRST)
    const count = runs.requests.length + 1
    await until(() => runs.requests.length === count)
    close(socket)
    await until(() => runs.requests.at(-1)?.signal.aborted === true)
    t.match(runs.requests.at(-1)?.signal.reason, { slug: 'client_gone' })
  }
})

t.test('a message that is too large or not UTF-8 closes the socket and ends the run', async (t) => {
  const { port, runs } = await start(t, { RUN_MAX_PAYLOAD_SIZE: '1000' })
  const { send, closed } = open(port)
  send(FIRST)
  await until(() => runs.requests.length === 1)
  send({ type: 'stdin', text: 'x'.repeat(1000) })
  t.equal(await closed, 1009)
  await until(() => runs.requests[0]?.signal.aborted === true)
})

t.test('when the service stops, interactive runs end with the error overloaded', async (t) => {
  const { port, runs, stopping } = await start(t)
  const { send, events, closed } = open(port)
  send(FIRST)
  await until(() => runs.requests.length === 1)
  const waiting = open(port, {})
  await once(waiting.socket, 'open')
  stopping.abort(overloaded('The service is shutting down', 1))
  t.same([await closed, await waiting.closed], [1013, 1013])
  t.match([events, waiting.events], [[{ type: 'error', error: 'overloaded' }], [{ type: 'error', error: 'overloaded' }]])
  const late = open(port)
  t.equal(await late.closed, 1013, 'a socket that opens during the shutdown')
  t.match(late.events, [{ type: 'error', error: 'overloaded' }])
})

t.test('a request without a handshake returns 426, and POST still reaches the code route', async (t) => {
  const { inject, post } = await start(t)
  const response = await inject({ url: '/run/interactive' })
  t.equal(response.statusCode, 426)
  t.match(response.json(), { error: 'request.upgrade' })
  t.match((await post('/run/interactive', { code: '' })).json(), { error: 'language.unsupported' })
})

t.test('other requests with an Upgrade header are served as usual', async (t) => {
  const { port } = await start(t)
  const h2c = 'Connection: Upgrade, HTTP2-Settings, close\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nUpgrade: h2c\r\n'
  t.match(await exchange(port, `GET /livez HTTP/1.1\r\nHost: x\r\n${h2c}\r\n`), /^HTTP\/1.1 200 OK[^]*"alive":true/)
  t.match(await exchange(port, `GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n${h2c}\r\n`),
    /^HTTP\/1.1 200 OK[^]*HTTP\/1.1 200 OK/, 'pipelined')
  const body = JSON.stringify({ code: 'x', language: 'none' })
  t.match(await exchange(port, `POST /api/execute HTTP/1.1\r\nHost: x\r\nX-Access-Token: ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${h2c}\r\n${body}`),
    /^HTTP\/1.1 400 [^]*language.unsupported/, 'with a body')
  for (const [path, key, version] of [['/livez', 'dGhlIHNhbXBsZSBub25jZQ==', 13], ['/run/interactive', 'short', 13], ['/run/interactive', 'dGhlIHNhbXBsZSBub25jZQ==', 8]] as const) {
    t.match(await exchange(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: ${version}\r\n\r\n`),
      path === '/livez' ? /^HTTP\/1.1 200 / : /^HTTP\/1.1 426 /)
  }
})
