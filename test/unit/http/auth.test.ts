import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

import t from 'tap'

import { SECOND_TOKEN, startApp, TOKEN } from './start-app.js'

const REFUSAL = { error: 'access_token', message: 'Missing or wrong access token' }

t.test('every wrong or missing token returns the same 401', async (t) => {
  const { app, runs } = await startApp(t)
  const cases: Array<[string, Record<string, string>]> = [
    ['nothing', {}],
    ['an empty X-Access-Token', { 'x-access-token': '' }],
    ['a wrong X-Access-Token', { 'x-access-token': 'wrong' }],
    ['a prefix of a token', { 'x-access-token': TOKEN.slice(0, -1) }],
    ['a token with additional characters', { 'x-access-token': `${TOKEN}x` }],
    ['another case', { 'x-access-token': TOKEN.toUpperCase() }],
    ['an empty X-Access-Token and a wrong Bearer', { 'x-access-token': '', authorization: 'Bearer wrong' }],
    ['an empty Authorization', { authorization: '' }],
    ['Bearer alone', { authorization: 'Bearer' }],
    ['a wrong Bearer', { authorization: 'Bearer wrong' }],
    ['Basic', { authorization: `Basic ${TOKEN}` }],
    ['the bare token in Authorization', { authorization: TOKEN }],
    ['a token name', { 'x-access-token': 'default' }],
    ['both tokens in one header', { 'x-access-token': `${TOKEN}, ${SECOND_TOKEN}` }],
    ['a wrong X-Access-Token and a correct Bearer', { 'x-access-token': 'wrong', authorization: `Bearer ${TOKEN}` }]
  ]
  for (const [what, headers] of cases) {
    const response = await app.inject({ method: 'POST', url: '/run', headers, payload: { image: 'glot/python:latest', payload: {} } })
    t.equal(response.statusCode, 401, what)
    t.same(response.json(), REFUSAL, what)
    t.equal(response.headers['www-authenticate'], 'Bearer realm="runonce"', what)
  }
  t.same(runs.requests, [], 'nothing ran')
})

t.test('every run route and /version require a token', async (t) => {
  const { app } = await startApp(t)
  for (const [method, url] of [['GET', '/version'], ['POST', '/run'], ['POST', '/run/python'], ['POST', '/'], ['POST', '/api/execute']] as const) {
    t.equal((await app.inject({ method, url })).statusCode, 401, `${method} ${url}`)
  }
})

t.test('either header works with each configured token, and the request gets the name of the token', async (t) => {
  const { app, runs } = await startApp(t)
  const cases: Array<[Record<string, string>, string]> = [
    [{ 'x-access-token': TOKEN }, 'default'],
    [{ authorization: `Bearer ${TOKEN}` }, 'default'],
    [{ authorization: `bearer ${TOKEN}` }, 'default'],
    [{ 'x-access-token': SECOND_TOKEN }, 'grader'],
    [{ 'x-access-token': '', authorization: `Bearer ${SECOND_TOKEN}` }, 'grader'],
    [{ 'x-access-token': SECOND_TOKEN, authorization: 'Basic left-by-a-proxy' }, 'grader']
  ]
  for (const [headers, name] of cases) {
    const response = await app.inject({ method: 'POST', url: '/', headers, payload: { code: '' } })
    t.equal(response.statusCode, 200, JSON.stringify(headers))
    t.equal(runs.requests.at(-1)?.tokenName, name)
  }
})

t.test('a non-ASCII token in UTF-8 is accepted in either header', async (t) => {
  for (const token of ['пароль-пароль-Р', 'clé-secrète-où-ça-à', 'geheim-ß-🔑-geheim', 'tail-of-nbsp-é\u00a0x']) {
    const service = await startApp(t, { env: { API_ACCESS_TOKEN: token } })
    const port = await service.listen()
    const onTheWire = Buffer.from(token).toString('latin1')
    t.equal(await statusOf(port, { 'X-Access-Token': onTheWire }), 200, `X-Access-Token: ${token}`)
    t.equal(await statusOf(port, { Authorization: `Bearer ${onTheWire}` }), 200, `Bearer ${token}`)
    t.equal(await statusOf(port, { 'X-Access-Token': `${onTheWire}\xff` }), 401, 'with an additional byte')
  }
})

t.test('the token is checked before the body has arrived', async (t) => {
  const service = await startApp(t)
  const socket = connect(await service.listen(), '127.0.0.1')
  t.teardown(() => { socket.destroy() })
  socket.write('POST /run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{')
  const [head] = await new Promise<Buffer[]>((resolve) => socket.once('data', (data) => resolve([data])))
  t.match(String(head), /^HTTP\/1\.1 401 /)
})

t.test('a request with a wrong token is rejected before the size and type of its body are checked', async (t) => {
  const { app } = await startApp(t, { env: { RUN_MAX_PAYLOAD_SIZE: '100' } })
  const response = await app.inject({ method: 'POST', url: '/run', headers: { 'x-access-token': 'no', 'content-type': 'text/plain' }, payload: 'x'.repeat(1000) })
  t.equal(response.statusCode, 401)
})

t.test('tokens are never logged, whether correct or wrong', async (t) => {
  const { app, lines, inject } = await startApp(t)
  await inject({ method: 'GET', url: '/version' })
  await app.inject({ url: '/version', headers: { 'x-access-token': 'a-wrong-token-that-is-almost-right' } })
  await app.inject({ url: '/version', headers: { authorization: 'Bearer a-wrong-token-that-is-almost-right' } })
  t.notMatch(lines.join(''), new RegExp(`${TOKEN}|almost-right`))
})

async function statusOf (port: number, headers: Record<string, string>): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/version', headers, agent: false }, (response) => {
      void text(response).then(() => resolve(response.statusCode))
    }).on('error', reject).end()
  })
}
