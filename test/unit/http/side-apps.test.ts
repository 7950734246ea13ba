import t from 'tap'

import { startApp, TOKEN } from './start-app.js'

const DOCS = ['/docs', '/docs/', '/playground/', '/openapi.json']

t.test('a route with a separate port is only available on that port', async (t) => {
  for (const { env, ports } of [
    { env: {}, ports: {} },
    { env: { SERVER_METRICS_PORT: '9090' }, ports: { 9090: ['/metrics'] } },
    { env: { SERVER_DOCS_PORT: '9091' }, ports: { 9091: DOCS } },
    { env: { SERVER_METRICS_PORT: '9090', SERVER_DOCS_PORT: '9091' }, ports: { 9090: ['/metrics'], 9091: DOCS } },
    { env: { SERVER_METRICS_PORT: '9090', SERVER_DOCS_PORT: '9090' }, ports: { 9090: ['/metrics', ...DOCS] } }
  ] as Array<{ env: Record<string, string>, ports: Record<number, string[]> }>) {
    const { app, sideApps } = await startApp(t, { env })
    t.same([...sideApps.keys()], Object.keys(ports).map(Number))
    const moved = Object.values(ports).flat()
    for (const url of ['/metrics', ...DOCS]) {
      t.equal((await app.inject({ url })).statusCode, moved.includes(url) ? 404 : 200, `${url} of the service, ${JSON.stringify(env)}`)
      for (const [port, side] of sideApps) t.equal((await side.inject({ url })).statusCode, ports[port]?.includes(url) === true ? 200 : 404, `${url} at ${port}`)
    }
    for (const [port, side] of sideApps) {
      for (const url of ['/', '/version', '/run/python', '/livez']) t.equal((await side.inject({ url })).statusCode, 404, url)
      t.equal((await side.inject({ method: 'POST', url: '/run' })).statusCode, ports[port]?.includes('/docs') === true ? 401 : 404, `POST /run at ${port}`)
      const response = await side.inject({ method: 'DELETE', url: ports[port]?.[0] ?? '' })
      t.match(response.json(), { error: 'method_not_allowed' })
      t.ok(response.headers['x-request-id'])
    }
  }
})

t.test('the port of the docs serves the routes that the playground uses, with the token and the rate limits of the service', async (t) => {
  const { app, sideApps, runs } = await startApp(t, { env: { SERVER_DOCS_PORT: '9091', RATE_LIMIT_TOKEN_MAX: '2' } })
  const side = sideApps.get(9091)
  t.match((await side?.inject({ url: '/api/languages?details=1' }))?.json().languages[0], { name: 'python', main: 'main.py' })
  const payload = { image: 'runonce/python:latest', payload: { files: [{ name: 'main.py', content: 'print(1)' }] } }
  const statuses = []
  for (const each of [side, app, side]) {
    statuses.push((await each?.inject({ method: 'POST', url: '/run', payload, headers: { 'x-access-token': TOKEN } }))?.statusCode)
  }
  t.same(statuses, [200, 200, 429])
  t.equal(runs.requests.length, 2)
})

t.test('on separate ports, the docs describe the routes of the service and the metrics count the responses of both', async (t) => {
  const { app, sideApps } = await startApp(t, { env: { SERVER_METRICS_PORT: '9090', SERVER_DOCS_PORT: '9090' } })
  const side = sideApps.get(9090)
  await app.inject({ url: '/livez' })
  t.match((await side?.inject({ url: '/metrics' }))?.body, 'runonce_http_responses_total{method="GET",route="/livez",status="200"} 1')
  const { body } = (await side?.inject({ url: '/metrics' })) ?? {}
  t.match(body, 'runonce_http_responses_total{method="GET",route="/metrics",status="200"} 1')
  const { openapi, paths } = (await side?.inject({ url: '/openapi.json' }))?.json()
  t.match(openapi, /^3\.1\./)
  t.ok(paths['/run'] && paths['/version'])
  t.notOk(paths['/metrics'], 'the description does not contain /metrics')
})
