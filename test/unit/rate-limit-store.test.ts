import { createServer, type AddressInfo, type Socket } from 'node:net'

import t, { type Test } from 'tap'

import { connectRateLimitStore } from '../../service/rate-limit-store.js'
import { recordingLogger, until } from './fakes.js'

const INFO = 'redis_version:7.0.0\r\nloading:0\r\n'

/** Starts a Redis server that responds to every command, or never responds. */
async function start (t: Test, silent: boolean) {
  const state = { silent }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => {
      if (state.silent) return
      for (const [, name = ''] of String(data).matchAll(/^\*\d+\r\n\$\d+\r\n(\w+)/gm)) socket.write(responseTo(name.toUpperCase()))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { logger, lines } = recordingLogger()
  const redis = await connectRateLimitStore(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`, logger)
  t.teardown(() => {
    redis.disconnect()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { state, redis, lines }
}

function responseTo (command: string): string {
  switch (command) {
    case 'HELLO': return '-ERR unknown command \'HELLO\'\r\n'
    case 'INFO': return `$${INFO.length}\r\n${INFO}\r\n`
    default: return '+OK\r\n'
  }
}

t.test('commands fail within half a second when Redis stops responding, later commands fail immediately, and commands succeed when Redis responds again', async (t) => {
  const { state, redis, lines } = await start(t, false)
  await until(() => redis.status === 'ready')
  t.equal(await redis.set('key', 'value'), 'OK')
  state.silent = true
  t.ok(await msToFail(redis.set('key', 'value')) < 2000)
  for (let i = 0; i < 5; i++) t.ok(await msToFail(redis.set('key', 'value')) < 250, 'no further wait')
  t.match(lines, [/"level":50.*redis does not respond/])
  state.silent = false
  await until(async () => await redis.set('key', 'value').catch(() => '') === 'OK', 'a response')
  t.match(lines, [/redis does not respond/, /redis responds again/])
})

t.test('a Redis that never responds is logged once, and does not delay commands', async (t) => {
  const { redis, lines } = await start(t, true)
  await until(() => lines.length > 0)
  t.match(lines, [/redis does not respond/])
  for (let i = 0; i < 5; i++) t.ok(await msToFail(redis.set('key', 'value')) < 250)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  t.equal(lines.length, 1)
})

async function msToFail (command: Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await command.then(() => { throw new Error('Redis responded') }, () => {})
  return performance.now() - startedAt
}
