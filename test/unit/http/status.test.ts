import { METHODS } from 'node:http'
import { connect } from 'node:net'

import t from 'tap'

import { engineUnreachable, executionTimeExceeded, runnerWroteStderr, stdoutDecodeFailed } from '../../../service/errors.js'
import { ENGINE_VERSION_EXAMPLE } from '../../../service/http/routes/version.js'
import { RunLog } from '../../../service/observability/run-log.js'
import { CodeRunner } from '../../../service/runs/run-code.js'
import { Admission } from '../../../service/runs/admission.js'
import { COMPLETED, decodedOf, FakeSandbox, FakeSandboxes, gate, healthyNode, recordingLogger, until } from '../fakes.js'
import { exchange } from './exchange.js'
import { startApp, TOKEN } from './start-app.js'

t.test('GET / returns name and version, without a token', async (t) => {
  const { app } = await startApp(t)
  const { apis, ...about } = (await app.inject({ url: '/' })).json()
  t.same(about, { name: 'runonce', version: '1.2.3', description: 'runs' })
  t.type(apis, Array)
})

t.test('GET /version returns the versions of the engine and the service', async (t) => {
  const { inject } = await startApp(t)
  t.same((await inject({ url: '/version' })).json(), { docker: ENGINE_VERSION_EXAMPLE, runonce: { version: '1.2.3' } })
})

t.test('/api/health returns 503 and degraded while the engine does not respond', async (t) => {
  const { app, engine } = await startApp(t)
  const healthy = await app.inject({ url: '/api/health' })
  t.equal(healthy.statusCode, 200)
  t.match(healthy.json(), { status: 'ok', service: 'code-execution', timestamp: /^\d{4}-\d\d-\d\dT.*Z$/ })
  engine.fail = engineUnreachable('gone')
  const degraded = await app.inject({ url: '/api/health' })
  t.equal(degraded.statusCode, 503)
  t.match(degraded.json(), { status: 'degraded', service: 'code-execution' })
})

t.test('/readyz returns why the service is not ready; /livez stays 200', async (t) => {
  const { app, readiness } = await startApp(t)
  t.match((await app.inject({ url: '/readyz' })).json(), { ready: true })
  readiness.reason = 'The service is shutting down'
  const response = await app.inject({ url: '/readyz' })
  t.equal(response.statusCode, 503)
  t.match(response.json(), { ready: false, reason: 'The service is shutting down' })
  t.equal((await app.inject({ url: '/livez' })).statusCode, 200)
})

t.test('/openapi.json describes every route, and marks routes that require a token', async (t) => {
  const { app } = await startApp(t, { env: { COMPAT_APIS: 'run-user-code,api-execute' } })
  const { openapi, paths } = (await app.inject({ url: '/openapi.json' })).json()
  t.match(openapi, /^3\.1\./, 'version 3.1 uses JSON Schema')
  t.match(paths['/version'].get.responses['200'].content['application/json'].schema.properties, { docker: Object, runonce: Object })
  const routes = Object.entries<Record<string, { security?: unknown }>>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => `${method.toUpperCase()} ${path}${security === undefined ? '' : ' token'}`))
  t.same(routes.sort(), [
    'DELETE /jobs/{id} token', 'GET /', 'GET /api/health', 'GET /api/languages', 'GET /jobs token', 'GET /jobs/{id} token', 'GET /livez', 'GET /metrics',
    'GET /readyz', 'GET /run/interactive token', 'GET /version token', 'POST / token', 'POST /api/execute token', 'POST /jobs token', 'POST /run token',
    'POST /run/{language} token'
  ])
})

t.test('/docs and /playground return pages, and can be disabled together with /openapi.json', async (t) => {
  const on = await startApp(t)
  for (const url of ['/docs/', '/playground/']) t.equal((await on.app.inject({ url })).statusCode, 200, url)
  const off = await startApp(t, { env: { SERVER_DOCS: 'false' } })
  for (const url of ['/docs', '/docs/', '/playground', '/playground/', '/openapi.json']) t.equal((await off.app.inject({ url })).statusCode, 404, url)
})

t.test('/metrics counts responses by route, without paths, and can be disabled', async (t) => {
  const { app, inject } = await startApp(t)
  await inject({ url: '/version' })
  await app.inject({ url: '/version' })
  await app.inject({ url: '/secret-path' })
  await app.inject({ method: 'DELETE', url: '/version' })
  const response = await app.inject({ url: '/metrics' })
  t.match(response.headers['content-type'], /^text\/plain; version=0\.0\.4/)
  const lines = response.body.split('\n').filter((line) => line.startsWith('runonce_http_responses_total{'))
  t.same(lines.sort(), [
    'runonce_http_responses_total{method="DELETE",route="/version",status="405"} 1',
    'runonce_http_responses_total{method="GET",route="",status="404"} 1',
    'runonce_http_responses_total{method="GET",route="/version",status="200"} 1',
    'runonce_http_responses_total{method="GET",route="/version",status="401"} 1'
  ])
  t.notMatch(response.body, /secret/)
  const off = await startApp(t, { env: { SERVER_METRICS: 'false' } })
  t.equal((await off.app.inject({ url: '/metrics' })).statusCode, 404)
})

t.test('/metrics counts a request whose client has disconnected, with status 499', async (t) => {
  const { app, listen, runs } = await startApp(t)
  const { opened, open } = gate()
  t.teardown(open)
  runs.handler = async ({ signal }) => await Promise.race([
    opened.then(() => decodedOf(COMPLETED)), new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  ])
  const client = connect(await listen(), '127.0.0.1')
  client.write(`POST / HTTP/1.1\r\nHost: x\r\nX-Access-Token: ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"code":"1"}`)
  await until(() => runs.requests.length === 1)
  client.destroy()
  const counted = async () => (await app.inject({ url: '/metrics' })).body.split('\n').filter((line) => line.startsWith('runonce_http_responses_total{method="POST"'))
  await until(async () => (await counted()).length > 0)
  t.same(await counted(), ['runonce_http_responses_total{method="POST",route="/",status="499"} 1'])
})

t.test('/metrics counts all unusual methods under one label', async (t) => {
  const { app, listen } = await startApp(t)
  const port = await listen()
  for (const method of METHODS.filter((each) => each !== 'CONNECT')) await exchange(port, `${method} /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  await exchange(port, 'NONSENSE /nowhere HTTP/1.1\r\nHost: x\r\n\r\n')
  const methods = [...(await app.inject({ url: '/metrics' })).body.matchAll(/^runonce_http_responses_total\{method="(\w+)"/gm)].map(([, method]) => method)
  t.same(methods.sort(), ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'other'])
})

t.test('a run is logged in one line, and code, output and tokens are never logged', async (t) => {
  const { logger, lines } = recordingLogger()
  const service = await startApp(t)
  const json = JSON.stringify({ ...COMPLETED, stdout: 'secret-output', stderr: 'secret-output' })
  const sandbox = new FakeSandbox('c1', async () => ({ end: 'result', stdout: Buffer.from(json), stderr: Buffer.alloc(0) }))
  const runner = new CodeRunner({
    sandboxes: new FakeSandboxes(sandbox),
    admission: new Admission({ concurrency: 1, queueSize: 1, queueTimeoutMs: 1000 }),
    health: healthyNode,
    observers: [new RunLog(logger)],
    limitsResponse: 'result'
  })
  service.runs.handler = async (request) => await runner.run(request)
  const code = 'secret_code = os.system("secret-code"); eval(x)'
  const response = await service.post('/run/python', { code, input: 'secret-input' }, { 'x-request-id': 'r-1' })
  t.equal(response.body, json, 'the pattern does not change the response')
  await until(() => lines.length === 2)
  const all = [...lines, ...service.lines]
  t.notMatch(all.join(''), /secret-/)
  t.notMatch(all.join(''), new RegExp(TOKEN))
  const run = all.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'run')
  t.match(run, [{
    requestId: 'r-1',
    tokenName: 'default',
    image: 'runonce/python:latest',
    outcome: 'completed',
    durationNs: COMPLETED.duration,
    stdoutBytes: 3,
    stderrBytes: 0,
    memoryPeakBytes: 4096,
    phasesMs: { create: 1, attach: 2, start: 3, queue: Number, exchange: Number, total: Number }
  }])
  const suspicious = all.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'suspicious_code')
  t.match(suspicious, [{ requestId: 'r-1', tokenName: 'default', patterns: ['shell_out', 'dynamic_evaluation'] }])
})

t.test('text from an image is returned to the client, but is never logged', async (t) => {
  const service = await startApp(t)
  for (const error of [stdoutDecodeFailed('"secret-output"'), runnerWroteStderr('"secret-output"'), executionTimeExceeded('too long', { details: { result: { stdout: 'secret-output' } } })]) {
    service.runs.handler = async () => { throw error }
    t.match((await service.post('/', { code: '' })).body, 'secret-output', error.slug)
    // Logs an error in the same way as the handler of uncaught errors.
    service.app.log.fatal({ err: error }, 'stopping after an unexpected error')
    service.app.log.error(error)
    service.app.log.error({ err: new Error('an unexpected error', { cause: error }) })
  }
  t.match(service.lines.join(''), /coderunner\.stdout\.decode/)
  t.notMatch(service.lines.join(''), /secret-/)
})

t.test('content of a rejected body is never logged', async (t) => {
  const service = await startApp(t)
  await service.post('/run', '{"image": secret-code')
  await service.post('/run', { image: 'runonce/python:latest', payload: { files: [{ name: '/secret-name', content: 'secret-code' }] } })
  service.runs.handler = async () => { throw new Error('an unexpected error') }
  await service.post('/', { code: 'secret-code' }, { cookie: 'secret-cookie' })
  t.match(service.lines.join(''), /an unexpected error/)
  t.notMatch(service.lines.join(''), /secret-/)
})
