import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import t from 'tap'

import { startService, TOKEN } from '../engine/kit.js'
import { RedisServer } from '../jobs/redis-server.js'
import { pythonWith } from './python-client.js'

const CLIENT = 'schemathesis==4.32.5'
const CONFIG = fileURLToPath(new URL('schemathesis/schemathesis.toml', import.meta.url))
const HOOKS = fileURLToPath(new URL('schemathesis/hooks.py', import.meta.url))

t.test('schemathesis finds no difference between /openapi.json and the service', async (t) => {
  const redis = await RedisServer.start(t, { durable: false })
  const webhooks = { WEBHOOK_ALLOW: '127.0.0.1', WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}` }
  const service = await startService(t, { env: { RUN_QUEUE_TIMEOUT: '100', RUN_QUEUE_SIZE: '10000', REDIS_URL: redis.url, ...webhooks } })
  t.setTimeout(1_200_000)
  const args = ['-m', 'schemathesis.cli', '--config-file', CONFIG, 'run', `${service.url}/openapi.json`, '--no-color']
  // schemathesis writes a cache into its current directory.
  const child = spawn(await pythonWith(CLIENT), args, { cwd: t.testdir(), env: { PATH: process.env.PATH, TOKEN, HOOKS }, stdio: ['ignore', 'pipe', 'inherit'] })
  const [output, exitCode] = await Promise.all([text(child.stdout), new Promise((resolve) => { child.on('exit', resolve) })])
  t.equal(exitCode, 0, 'no failures', { output: output.slice(-20_000) })
  t.match(output, /Selected: (\d+)\/\1\n\s+Tested: \1\n/, 'every operation was tested')
})
