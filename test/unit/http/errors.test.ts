import { gzipSync } from 'node:zlib'

import t from 'tap'

import {
  containerAttachFailed, containerCreateFailed, containerRefused, containerStartFailed, engineUnreachable, engineVersionFailed, imageNeedsMore,
  imageNotAllowed, overloaded, runnerWroteStderr, stdoutDecodeFailed, streamReadFailed
} from '../../../service/errors.js'
import { exchange } from './exchange.js'
import { startApp, TOKEN } from './start-app.js'

const RUN = { image: 'runonce/python:latest', payload: { files: [{ name: 'a.py', content: '' }] } }

t.test('errors of the engine or the image are returned to the client with status and slug', async (t) => {
  const service = await startApp(t)
  const cases: Array<[Error, number, string]> = [
    [containerRefused('There is no image x on this engine'), 400, 'docker.container.create'],
    [containerRefused('no such runtime', new Error('with a cause')), 400, 'docker.container.create'],
    [containerCreateFailed('no space left on device'), 500, 'docker.container.create'],
    [containerCreateFailed('no space left on device', new Error('with a cause')), 500, 'docker.container.create'],
    [imageNeedsMore('x', 'processes', 900, 512, 'DOCKER_CONTAINER_NPROC_CAP'), 400, 'image.needs_more'],
    [containerStartFailed('no'), 500, 'docker.container.start'],
    [containerAttachFailed('no'), 500, 'docker.container.attach'],
    [streamReadFailed('no'), 500, 'docker.container.stream.read'],
    [engineUnreachable('no'), 500, 'docker.unixsocket'],
    [stdoutDecodeFailed('"x"'), 500, 'coderunner.stdout.decode'],
    [runnerWroteStderr('"x"'), 500, 'coderunner.stderr'],
    [overloaded('The run queue is full', 7), 503, 'overloaded'],
    [new Error('unexpected error at /srv/runonce/service.js with secrets'), 500, 'internal']
  ]
  for (const [error, status, slug] of cases) {
    service.runs.handler = async () => { throw error }
    const response = await service.post('/run', RUN)
    t.equal(response.statusCode, status, slug)
    t.equal(response.json().error, slug)
    t.type(response.json().message, 'string')
    t.notMatch(response.body, /\/srv|at .*\.js|secrets/, 'the response has no paths, stack traces or details of an unexpected error')
    t.ok(response.headers['x-request-id'])
  }
})

t.test('503 has Retry-After', async (t) => {
  const service = await startApp(t)
  service.runs.handler = async () => { throw overloaded('The run queue is full', 7) }
  t.equal((await service.post('/run', RUN)).headers['retry-after'], '7')
})

t.test('a refusal is logged once at level warn without a stack; a failure is logged once at level error', async (t) => {
  const service = await startApp(t)
  service.runs.handler = async () => { throw overloaded('The run queue is full', 7) }
  for (let i = 0; i < 3; i++) await service.post('/run', RUN, { 'x-request-id': `refused-${i}` })
  const logged = () => service.lines.splice(0).map((line) => JSON.parse(line))
  t.match(logged(), [0, 1, 2].map((i) => ({ level: 40, msg: 'run refused', slug: 'overloaded', reason: 'The run queue is full', reqId: undefined, requestId: `refused-${i}`, err: undefined })))
  service.runs.handler = async () => { throw streamReadFailed('no') }
  await service.post('/run', RUN)
  t.match(logged(), [{ level: 50, msg: 'request failed', err: { stack: String } }])
})

t.test('an image that is not allowed returns 403', async (t) => {
  const service = await startApp(t)
  service.images.fail = imageNotAllowed('evil/x', ['runonce/*'])
  const response = await service.post('/run', { ...RUN, image: 'evil/x' })
  t.equal(response.statusCode, 403)
  t.match(response.json(), { error: 'image.not_allowed', message: /evil\/x/ })
})

t.test('/version returns 500 docker.version or docker.unixsocket when the engine fails', async (t) => {
  const service = await startApp(t)
  for (const [error, slug] of [[engineVersionFailed('no'), 'docker.version'], [engineUnreachable('no'), 'docker.unixsocket']] as const) {
    service.engine.fail = error
    const response = await service.inject({ url: '/version' })
    t.equal(response.statusCode, 500)
    t.equal(response.json().error, slug)
  }
})

t.test('a body that is too large returns 413, and the message has the limit', async (t) => {
  const service = await startApp(t, { env: { RUN_MAX_PAYLOAD_SIZE: '2000', RUN_MAX_CODE_SIZE: '100' } })
  const body = await service.post('/run', { ...RUN, image: 'x'.repeat(2000) })
  t.equal(body.statusCode, 413)
  t.match(body.json(), { error: 'request.too_large', message: /2000 bytes.*RUN_MAX_PAYLOAD_SIZE/ })
  for (const [url, fields] of [['/run/python', {}], ['/', {}], ['/api/execute', { language: 'python' }]] as const) {
    t.equal((await service.post(url, { ...fields, code: 'é'.repeat(50) })).statusCode, 200, `${url}: 100 bytes are accepted`)
    const response = await service.post(url, { ...fields, code: 'é'.repeat(50) + 'x' })
    t.equal(response.statusCode, 413, `${url}: 101 bytes are rejected`)
    t.match(response.json(), { error: 'request.too_large', message: /100 bytes.*RUN_MAX_CODE_SIZE/ })
  }
})

t.test('a body that is not application/json returns 415', async (t) => {
  const service = await startApp(t)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'multipart/form-data; boundary=x', 'nonsense']) {
    const response = await service.post('/run', JSON.stringify(RUN), { 'content-type': type })
    t.equal(response.statusCode, 415, type)
    t.equal(response.json().error, 'request.media_type')
  }
  for (const type of ['application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON']) {
    t.equal((await service.post('/run', JSON.stringify(RUN), { 'content-type': type })).statusCode, 200, type)
  }
})

t.test('a compressed body returns 415 before it is read; identity is accepted', async (t) => {
  const service = await startApp(t)
  const body = gzipSync(JSON.stringify(RUN))
  for (const encoding of ['gzip', 'br', 'GZIP', 'identity, gzip', 'x']) {
    for (const url of ['/run', '/run/python', '/', '/api/execute']) {
      const response = await service.post(url, body, { 'content-encoding': encoding })
      t.equal(response.statusCode, 415, `${encoding} ${url}`)
      t.match(response.json(), { error: 'request.media_type', message: /Content-Encoding/ })
      t.equal(response.headers['accept-encoding'], 'identity')
    }
  }
  for (const encoding of ['identity', 'Identity', '', ' identity , identity']) {
    t.equal((await service.post('/run', RUN, { 'content-encoding': encoding })).statusCode, 200, encoding)
  }
  const stranger = await service.app.inject({ method: 'POST', url: '/run', headers: { 'content-encoding': 'gzip' }, payload: body })
  t.equal(stranger.statusCode, 401, 'the token is checked first')
})

t.test('an unknown path returns 404, with or without a token', async (t) => {
  const { app } = await startApp(t)
  for (const url of ['/nowhere', '/run/python/more', '/api', '/run/', '/%2e%2e/etc/passwd', '/version/']) {
    const response = await app.inject({ url, method: 'GET' })
    t.ok([404, 405].includes(response.statusCode), `${url}: ${response.statusCode}`)
  }
  const response = await app.inject({ url: '/nowhere?secret=1' })
  t.same(response.json(), { error: 'not_found', message: 'No route for /nowhere' })
})

t.test('a URL that cannot be decoded, or is too long, returns 400 with the usual error body', async (t) => {
  const { app } = await startApp(t)
  for (const url of ['/run/%zz', `/run/${'x'.repeat(500)}`]) {
    const response = await app.inject({ url, method: 'POST' })
    t.equal(response.statusCode, 400)
    t.same(Object.keys(response.json()), ['error', 'message'])
    t.equal(response.json().error, 'request.invalid')
    t.ok(response.headers['x-request-id'])
  }
})

t.test('every response has X-Request-Id', async (t) => {
  const { app, inject, post } = await startApp(t)
  const responses = [
    await app.inject({ url: '/' }), await app.inject({ url: '/nowhere' }), await app.inject({ url: '/version' }),
    await inject({ url: '/version' }), await app.inject({ method: 'PUT', url: '/run' }), await post('/run', '{'), await post('/run', RUN),
    await app.inject({ url: '/docs' }), await app.inject({ url: '/openapi.json' })
  ]
  for (const response of responses) t.match(response.headers['x-request-id'], /^[\w-]{36}$/, `${response.raw.req.method} ${response.raw.req.url}`)
})

t.test('the client\'s own request ID is used only if it is safe to log', async (t) => {
  const { app, post, runs } = await startApp(t)
  for (const id of ['abc', 'a.b:c-d_E9', 'x'.repeat(128)]) {
    t.equal((await app.inject({ url: '/', headers: { 'x-request-id': id } })).headers['x-request-id'], id)
  }
  for (const id of ['', 'x'.repeat(129), 'a b', '{"level":60}', '<script>', 'é', 'a\tb']) {
    t.match((await app.inject({ url: '/', headers: { 'x-request-id': id } })).headers['x-request-id'], /^[\da-f-]{36}$/, JSON.stringify(id))
  }
  await post('/run', RUN, { 'x-request-id': 'mine-1' })
  t.equal(runs.requests[0]?.requestId, 'mine-1', 'the run has the ID of the client')
})

t.test('bytes that are not an HTTP request receive a response with the usual error body and a request ID', async (t) => {
  const service = await startApp(t)
  const port = await service.listen()
  for (const [sent, status] of [['nonsense\r\n\r\n', 400], [`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431]] as const) {
    const response = await exchange(port, sent)
    t.match(response, new RegExp(`^HTTP/1\\.1 ${status} `))
    t.match(response, /^x-request-id: [\da-f-]{36}\r$/im)
    t.match(JSON.parse(response.split('\r\n\r\n')[1] ?? ''), { error: /^request\./, message: String })
  }
})

t.test('a client that sends far too much data receives the response instead of EPIPE', async (t) => {
  const { listen } = await startApp(t)
  const port = await listen()
  for (const mebibytes of [3, 20, 50]) {
    const response = await fetch(`http://127.0.0.1:${port}/run`, {
      method: 'POST', headers: { 'x-access-token': TOKEN, 'content-type': 'application/json' }, body: ' '.repeat(mebibytes * 1024 * 1024)
    })
    t.equal(response.status, 413, `${mebibytes} MiB`)
    t.match(await response.json(), { error: 'request.too_large', message: /RUN_MAX_PAYLOAD_SIZE/ })
  }
})

t.test('the body of a request to an unknown path is not read', async (t) => {
  const { app } = await startApp(t)
  const response = await app.inject({ method: 'POST', url: '/nope', headers: { 'content-type': 'application/json' }, payload: ' '.repeat(5_000_000) })
  t.equal(response.statusCode, 404)
  t.match(response.json(), { error: 'not_found' })
})
