import t from 'tap'

import { exchange } from './exchange.js'
import { startApp, TOKEN } from './start-app.js'

const request = (method: string, target: string) =>
  `${method} ${target} HTTP/1.1\r\nHost: x\r\nX-Access-Token: ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"code":"1"}`

t.test('a request target that does not begin with a slash, or has a fragment, returns 400 on every route', async (t) => {
  const { listen, runs } = await startApp(t)
  const port = await listen()
  const targets = [
    '*', '*metrics', '*%6detrics', '*docs', '*openapi.json', '*livez', '*version', '*run', '*run/bash', '*api/execute', '*nowhere',
    'metrics', '%2fmetrics', '%6detrics', '?/metrics', '.metrics', '@/metrics', 'x/metrics', 'x:80', '../metrics',
    'http:/metrics', 'http:metrics', 'http:///metrics', 'ftp://x/metrics', 'https:', 'http://', 'http://?/metrics', 'http://x*metrics#', 'xhttp://x/metrics',
    '/metrics#', '/metrics#x', '/run/bash#', '/docs?x#y', 'http://x/metrics#x', 'http://x#/metrics'
  ]
  for (const target of targets) {
    for (const method of ['GET', 'POST', 'HEAD', 'PROPFIND', ...target === '*' ? [] : ['OPTIONS']]) {
      const response = await exchange(port, request(method, target))
      t.match(response, /^HTTP\/1\.1 400 Bad Request\r\n/, `${method} ${target}`)
      t.match(response, /^x-request-id: [\da-f-]{36}\r$/im)
      if (method !== 'HEAD') t.match(response, '"error":"request.invalid"', `${method} ${target}`)
    }
  }
  t.same(runs.requests, [], 'nothing ran')
})

t.test('a request target in absolute form is handled as its path', async (t) => {
  const { listen } = await startApp(t)
  const port = await listen()
  for (const [method, target, status] of [
    ['GET', 'http://x/livez', 200], ['GET', 'HTTP://x:80/livez', 200], ['GET', 'https://user@x/livez?q=1', 200], ['GET', 'http://[::1]:8088/livez', 200],
    ['GET', 'http://x', 200], ['GET', 'http://x?q', 200], ['POST', 'http://x/run/python', 200], ['GET', 'http://x/nowhere', 404], ['PUT', 'http://x/run', 405],
    ['GET', 'http://x*metrics', 200], ['GET', 'http://x//metrics', 404], ['GET', 'http://x/http://y/metrics', 404]
  ] as const) {
    t.match(await exchange(port, request(method, target)), new RegExp(`^HTTP/1\\.1 ${status} `), `${method} ${target}`)
  }
  t.match(await exchange(port, request('GET', 'http://x*metrics')), '"name":"runonce"', 'with an unusual host')
})

t.test('OPTIONS * lists the methods of the service', async (t) => {
  const { listen } = await startApp(t)
  const response = await exchange(await listen(), 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  t.match(response, /^HTTP\/1\.1 204 No Content\r\n/)
  t.match(response, /^allow: GET, HEAD, POST, DELETE, OPTIONS\r$/im)
  t.match(response, /^x-request-id: [\da-f-]{36}\r$/im)
})

t.test('metrics count invalid request targets without a route', async (t) => {
  const { app, listen } = await startApp(t)
  const port = await listen()
  for (const target of ['*metrics', '*run', '/livez#x', '*', '*x']) await exchange(port, request('GET', target))
  const { body } = await app.inject({ url: '/metrics' })
  t.same(body.split('\n').filter((line) => line.startsWith('runonce_http_responses_total{')), ['runonce_http_responses_total{method="GET",route="",status="400"} 5'])
})
