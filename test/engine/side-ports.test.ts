import t from 'tap'

import { freePort, spawnService, startService, until } from './kit.js'
import { send } from './http-client.js'

const get = async (port: string, path: string) => await send(`http://127.0.0.1:${port}${path}`, { method: 'GET', headers: {} })

void t.test('metrics and docs listen on separate ports, and a stop closes all ports', async (t) => {
  const [metrics, docs] = [await freePort(), await freePort()]
  const service = await startService(t, { env: { SERVER_METRICS_PORT: metrics, SERVER_DOCS_PORT: docs } })
  await service.request('/livez')
  const response = await get(metrics, '/metrics')
  t.equal(response.status, 200)
  t.match(response.body, 'route="/livez"')
  t.ok((await get(docs, '/openapi.json')).body.paths['/run'])
  for (const path of ['/docs/', '/playground/', '/playground/main.js']) t.equal((await get(docs, path)).status, 200, path)
  t.equal((await get(docs, '/metrics')).status, 404)
  for (const path of ['/metrics', '/docs/', '/playground/', '/openapi.json']) t.equal((await service.request(path)).status, 404, path)
  t.equal(await service.stop(), 0)
  for (const port of [metrics, docs]) await t.rejects(get(port, '/'), { code: 'ECONNREFUSED' })
})

void t.test('metrics and docs can share a port, and the system can choose it', async (t) => {
  const service = await startService(t, { env: { SERVER_METRICS_PORT: '0', SERVER_DOCS_PORT: '0' } })
  const lines = service.logs.filter(({ msg }) => msg === 'listening for metrics or docs')
  t.equal(lines.length, 1)
  const port = String(lines[0]?.port)
  t.equal((await get(port, '/metrics')).status, 200)
  t.equal((await get(port, '/docs/')).status, 200)
})

void t.test('startup fails with a message if a port is already in use', async (t) => {
  const first = await startService(t, { env: {} })
  const service = spawnService({ SERVER_METRICS_PORT: new URL(first.url).port })
  t.not(await service.exited, 0)
  const line = await until(() => service.logs.find(({ level }) => level === 'fatal'), 'the message')
  t.match(line.msg, /EADDRINUSE/)
})
