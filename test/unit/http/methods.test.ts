import { once } from 'node:events'
import { METHODS } from 'node:http'
import { connect } from 'node:net'

import t from 'tap'

import { until } from '../fakes.js'
import { exchange } from './exchange.js'
import { startApp } from './start-app.js'

t.test('a known path with an unsupported method returns 405, and Allow lists the supported methods', async (t) => {
  const { app } = await startApp(t)
  const cases = [
    ['GET', '/run', ['POST']], ['DELETE', '/run', ['POST']], ['OPTIONS', '/run', ['POST']], ['HEAD', '/run', ['POST']],
    ['GET', '/run/python', ['POST']], ['PUT', '/api/execute', ['POST']],
    ['POST', '/version', ['GET', 'HEAD']], ['POST', '/api/languages', ['GET', 'HEAD']], ['PATCH', '/', ['GET', 'HEAD', 'POST']],
    ['OPTIONS', '/api/health', ['GET', 'HEAD']], ['POST', '/livez', ['GET', 'HEAD']], ['POST', '/openapi.json', ['GET', 'HEAD']]
  ] as const
  for (const [method, url, allowed] of cases) {
    const answer = await app.inject({ method, url })
    t.equal(answer.statusCode, 405, `${method} ${url}`)
    t.same(String(answer.headers.allow).split(', ').sort(), [...allowed].sort(), `${method} ${url}: Allow`)
    if (method !== 'HEAD') t.equal(answer.json().error, 'method_not_allowed')
  }
})

t.test('every unsupported HTTP method returns 405 on a known path, and 404 on other paths', async (t) => {
  const { listen } = await startApp(t)
  const port = await listen()
  for (const [path, taken] of [['/run', ['POST']], ['/run/python?x=1', ['POST']], ['/version', ['GET', 'HEAD']], ['/', ['GET', 'HEAD', 'POST']], ['/metrics', ['GET', 'HEAD']], ['/docs/', ['GET', 'HEAD']], ['/%72un', ['POST']]] as const) {
    for (const method of METHODS.filter((one) => !(taken as readonly string[]).includes(one))) {
      const answer = await exchange(port, `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      t.match(answer, /^HTTP\/1\.1 405 Method Not Allowed\r\n/, `${method} ${path}`)
      t.same(/^allow: (.*)\r$/im.exec(answer)?.[1]?.split(', ').sort(), taken, `${method} ${path}: Allow`)
      t.match(answer, /^x-request-id: [\da-f-]{36}\r$/im)
      if (method !== 'HEAD') t.match(answer, '"error":"method_not_allowed"')
    }
  }
  for (const method of METHODS) {
    for (const path of ['/nowhere', '/run/python/more', ...method === 'CONNECT' ? ['example.org:443'] : []]) {
      t.match(await exchange(port, `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`), /^HTTP\/1\.1 404 Not Found\r\n/, `${method} ${path}`)
    }
  }
})

t.test('HEAD returns the same response as GET without the body', async (t) => {
  const { app } = await startApp(t)
  for (const url of ['/', '/livez', '/api/health', '/api/languages']) {
    const head = await app.inject({ method: 'HEAD', url })
    t.equal(head.statusCode, 200, url)
    t.equal(head.body, '')
  }
  t.equal((await app.inject({ method: 'HEAD', url: '/version' })).statusCode, 401)
})

t.test('a CONNECT client that disconnects or stays connected does not affect the service', async (t) => {
  const { app, listen } = await startApp(t)
  const port = await listen()
  const errors: unknown[] = []
  const note = (error: unknown) => { errors.push(error) }
  process.on('uncaughtException', note)
  t.teardown(() => process.off('uncaughtException', note))
  const open = async () => await new Promise<number>((resolve) => app.server.getConnections((_error, count) => resolve(count)))
  for (const end of ['reset', 'more', 'stay'] as const) {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {}).resume()
    await once(socket, 'connect')
    const received = once(app.server, 'connect')
    socket.write('CONNECT /run HTTP/1.1\r\nHost: x\r\n\r\n')
    await received
    if (end === 'reset') socket.resetAndDestroy()
    if (end === 'more') socket.end('x')
    t.teardown(() => { socket.destroy() })
  }
  await until(async () => await open() === 0, 'the close of all connections')
  t.same(errors, [])
  t.equal((await app.inject('/livez')).statusCode, 200)
})
