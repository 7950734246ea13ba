import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import t from 'tap'

import { freePort } from '../../engine/http-client.js'

const SERVER = fileURLToPath(new URL('../../../service/server.ts', import.meta.url))

t.test('SIGHUP while the service starts makes it read the tokens file again, and does not stop it', async (t) => {
  const file = join(t.testdir(), 'tokens.json')
  // A weak token causes a log line when the file has been read, and before the service listens.
  writeFileSync(file, JSON.stringify({ tokens: [{ name: 'a', token: 'weak' }] }))
  const service = spawn(process.execPath, ['--import', 'tsx', SERVER], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, API_TOKENS_FILE: file, SERVER_LISTEN_PORT: await freePort(), DOCKER_UNIX_SOCKET_PATH: '/nonexistent' }
  })
  t.teardown(() => { service.kill('SIGKILL') })
  const messages: string[] = []
  for await (const line of createInterface(service.stdout)) {
    const { msg } = JSON.parse(line)
    messages.push(msg)
    if (messages.length === 1) service.kill('SIGHUP')
    if (msg === 'listening') service.kill('SIGTERM')
  }
  t.match(messages[0], /^API_TOKENS_FILE: /)
  t.ok(messages.includes('tokens file read again') && messages.includes('listening'), messages.join('\n'))
  if (service.exitCode === null && service.signalCode === null) await once(service, 'exit')
  t.equal(service.exitCode, 0)
})
