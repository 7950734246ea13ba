import { spawn, type ChildProcess } from 'node:child_process'
import { openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import t, { type Test } from 'tap'

import { freePort } from '../../engine/http-client.js'
import { until } from '../fakes.js'

const SERVER = fileURLToPath(new URL('../../../service/server.ts', import.meta.url))
const TOKEN = 'log-output-5d0f3a81'

/** Starts the service with stdout redirected to `output`. Resolves when the service responds. */
async function start (t: Test, output: number | 'pipe') {
  const port = await freePort()
  const child = spawn(process.execPath, ['--import', 'tsx', SERVER], {
    stdio: ['ignore', output, 'ignore'],
    env: { PATH: process.env.PATH, API_ACCESS_TOKEN: TOKEN, SERVER_LISTEN_PORT: port, DOCKER_UNIX_SOCKET_PATH: '/nonexistent', LOG_LEVEL: 'trace' }
  })
  t.teardown(() => { child.kill('SIGKILL') })
  const get = async (path: string) => await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } })
  await until(async () => await get('/livez').then(({ ok }) => ok, () => false), 'the response of the service')
  return { child, get }
}

async function stopCode (child: ChildProcess): Promise<number | null> {
  child.kill('SIGTERM')
  return await new Promise((resolve) => child.once('exit', resolve))
}

t.test('the service handles requests and stops normally when the log is on a full disk', async (t) => {
  const { child, get } = await start(t, openSync('/dev/full', 'w'))
  for (let i = 0; i < 3; i++) t.equal((await get('/version')).status, 500, 'the engine is missing, which is logged')
  t.match(await (await get('/metrics')).text(), /^runonce_log_lines_dropped_total [1-9]/m)
  t.equal(await stopCode(child), 0)
})

t.test('the service handles requests and stops normally when the log is not read', async (t) => {
  const { child, get } = await start(t, 'pipe')
  await until(async () => {
    await Promise.all(Array.from({ length: 200 }, async () => await (await get('/version')).text()))
    return /^runonce_log_lines_dropped_total [1-9]/m.test(await (await get('/metrics')).text())
  }, 'dropped lines')
  const stopsAt = performance.now()
  t.equal(await stopCode(child), 0)
  t.ok(performance.now() - stopsAt < 5000)
})
