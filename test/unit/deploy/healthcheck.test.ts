import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

import t from 'tap'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const NOT_READY = '{"ready":false,"reason":"The service is shutting down"}'

const readyz = (status: number, body: string): RequestListener => (request, response) => {
  response.writeHead(request.url === '/readyz' ? status : 404).end(body)
}

async function listen (t: { teardown: (work: () => void) => void }, address: string, listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, address)
  t.teardown(() => { server.close(); server.closeAllConnections() })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Runs the health check in the same way as the engine. */
async function check (address: string, port: number): Promise<{ code: number, stdout: string }> {
  const env = { PATH: process.env['PATH'], SERVER_LISTEN_ADDR: address, SERVER_LISTEN_PORT: String(port) }
  return await new Promise((resolve) => {
    execFile(process.execPath, ['--import=tsx', 'service/healthcheck.ts'], { cwd: ROOT, env }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout }))
  })
}

for (const address of ['127.0.0.1', '127.0.0.2', '0.0.0.0', '::1', '::', 'localhost']) {
  t.test(`the health check uses the address of the service: ${address}`, async (t) => {
    const port = await listen(t, address, readyz(200, '{"ready":true}'))
    t.same(await check(address, port), { code: 0, stdout: '{"ready":true}\n' })
  })
}

t.test('the check fails with the reason if the service is not ready', async (t) => {
  const port = await listen(t, '127.0.0.1', readyz(503, NOT_READY))
  t.same(await check('127.0.0.1', port), { code: 1, stdout: `${NOT_READY}\n` })
})

t.test('the check fails if the service does not listen', async (t) => {
  const port = await listen(t, '127.0.0.2', readyz(200, ''))
  t.match(await check('127.0.0.1', port), { code: 1, stdout: /ECONNREFUSED/ })
})

t.test('the check fails if the service does not respond', async (t) => {
  const port = await listen(t, '127.0.0.1', () => {})
  t.match(await check('127.0.0.1', port), { code: 1, stdout: /^no response within/ })
})

t.test('the image runs the compiled health check', async (t) => {
  const dockerfile = readFileSync(`${ROOT}/deploy/Dockerfile`, 'utf8')
  t.match(dockerfile, /^HEALTHCHECK .* CMD \["node", "dist\/healthcheck\.js"\]$/m)
})
