import t, { type Test } from 'tap'

import { exchange } from './exchange.js'
import { startApp, TOKEN } from './start-app.js'

const AUTHORIZED = `X-Access-Token: ${TOKEN}\r\nContent-Type: application/json\r\n`
const CHUNKED = 'c\r\n{"code":"1"}\r\n0\r\n\r\n'

/** Asserts one response with this status, the usual error body and a request ID, after which the connection closes. */
function isRefusal (t: Test, response: string, status: number, slug: string, what: string): void {
  t.match(response, new RegExp(`^HTTP/1\\.1 ${status} `), what)
  t.match(response, /^x-request-id: [\da-f-]{36}\r$/im, what)
  t.match(JSON.parse(response.split('\r\n\r\n')[1] ?? ''), { error: slug, message: String }, what)
  t.equal(response.split('HTTP/1.1').length, 2, `${what}: one response`)
}

t.test('HTTP/1.1 requires exactly one Host header', async (t) => {
  const { listen, runs } = await startApp(t)
  const port = await listen()
  for (const [what, host] of [['no Host', ''], ['two', 'Host: x\r\nHost: y\r\n'], ['the same header twice', 'Host: x\r\nhost: x\r\n'], ['an empty header and another one', 'Host:\r\nHost: x\r\n']] as const) {
    for (const line of ['GET /livez', 'GET /nowhere', 'POST /run/python', 'GET http://x/livez']) {
      isRefusal(t, await exchange(port, `${line} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`), 400, 'request.invalid', `${what}: ${line}`)
    }
  }
  t.same(runs.requests, [])
  for (const request of ['GET /livez HTTP/1.0\r\n\r\n', 'GET /livez HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n', 'GET /livez HTTP/1.1\r\nHOST: x\r\nConnection: close\r\n\r\n']) {
    t.match(await exchange(port, request), /^HTTP\/1\.1 200 /, request)
  }
})

t.test('a transfer coding other than chunked returns 400, and data after it is not parsed as a request', async (t) => {
  const { listen, runs } = await startApp(t)
  const port = await listen()
  for (const coding of ['gzip, chunked', 'GZIP,chunked', 'chunked, chunked', 'identity, chunked', 'x, chunked']) {
    const response = await exchange(port, `POST /run/python HTTP/1.1\r\nHost: x\r\n${AUTHORIZED}Transfer-Encoding: ${coding}\r\n\r\n${CHUNKED}GET /livez HTTP/1.1\r\nHost: x\r\n\r\n`)
    isRefusal(t, response, 400, 'request.invalid', coding)
  }
  const twice = await exchange(port, `POST /run/python HTTP/1.1\r\nHost: x\r\n${AUTHORIZED}Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`)
  isRefusal(t, twice, 400, 'request.invalid', 'in two headers')
  t.same(runs.requests, [])
  for (const coding of ['chunked', 'Chunked']) {
    const response = await exchange(port, `POST /run/python HTTP/1.1\r\nHost: x\r\n${AUTHORIZED}Transfer-Encoding: ${coding}\r\nConnection: close\r\n\r\n${CHUNKED}`)
    t.match(response, /^HTTP\/1\.1 200 /, coding)
  }
})

t.test('an expectation other than 100-continue returns 417', async (t) => {
  const { listen, runs, app } = await startApp(t)
  const port = await listen()
  for (const expectation of ['200-ok', 'x', '100-continuex']) {
    const response = await exchange(port, `POST /run/python HTTP/1.1\r\nHost: x\r\n${AUTHORIZED}Expect: ${expectation}\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"code":"1"}`)
    isRefusal(t, response, 417, 'request.expectation', expectation)
  }
  t.same(runs.requests, [])
  const { body } = await app.inject({ url: '/metrics' })
  t.match(body, 'runonce_http_responses_total{method="POST",route="/run/:language",status="417"} 3')
  for (const expectation of ['100-continue', '100-Continue']) {
    const response = await exchange(port, `POST /run/python HTTP/1.1\r\nHost: x\r\n${AUTHORIZED}Expect: ${expectation}\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"code":"1"}`)
    t.match(response, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /, expectation)
  }
})
