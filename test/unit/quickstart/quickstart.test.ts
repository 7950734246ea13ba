import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import t from 'tap'

import { ensureEngine } from '../../../deploy/quickstart/engine.js'
import { isLeased, takeLease, withLock } from '../../../deploy/quickstart/lease.js'
import { enginePaths, stopEngine } from '../../../deploy/quickstart/own-engine.js'
import { endProcess, processStart } from '../../../deploy/quickstart/process.js'
import { portFault } from '../../../deploy/quickstart/service-process.js'
import { completed, ensureSettings, parseSettings } from '../../../deploy/quickstart/settings.js'

void t.test('settings are made once, private, and kept', async (t) => {
  const file = path.join(t.testdir({}), 'state/env')
  const first = await ensureSettings(file, '/run/a.sock')
  t.match(first, { SERVER_LISTEN_ADDR: '127.0.0.1', SERVER_LISTEN_PORT: '8088', DOCKER_UNIX_SOCKET_PATH: '/run/a.sock' })
  t.match(first['API_ACCESS_TOKEN'], /^[\w-]{32}$/)
  t.equal((await stat(file)).mode & 0o777, 0o600)
  t.same(await ensureSettings(file, '/run/a.sock'), first)
  const moved = await ensureSettings(file, '/run/b.sock')
  t.same(moved, { ...first, DOCKER_UNIX_SOCKET_PATH: '/run/b.sock' })
  t.not((await ensureSettings(`${file}2`, '/run/a.sock'))['API_ACCESS_TOKEN'], first['API_ACCESS_TOKEN'])
})

void t.test('what the user wrote into the settings stays', async (t) => {
  const text = completed('# mine\nSERVER_LISTEN_PORT=9000\nLOG_LEVEL=debug', '/s', () => 'made')
  t.same(text.split('\n').slice(0, 3), ['# mine', 'SERVER_LISTEN_PORT=9000', 'LOG_LEVEL=debug'])
  t.match(parseSettings(text), { SERVER_LISTEN_PORT: '9000', API_ACCESS_TOKEN: 'made', LOG_LEVEL: 'debug' })
  t.equal(completed(text, '/s', () => 'other'), text)
  t.equal(parseSettings('API_ACCESS_TOKEN=a=b c\n')['API_ACCESS_TOKEN'], 'a=b c')
})

void t.test('a taken port is told before anything is built for it', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  t.equal(await portFault('127.0.0.1', port), 'EADDRINUSE')
  server.close()
  await once(server, 'close')
  t.equal(await portFault('127.0.0.1', port), undefined)
})

void t.test('an engine\'s sockets get a short path where the cache folder\'s is too long for them', async (t) => {
  t.equal(enginePaths('/home/u/.cache/runonce').socket, '/home/u/.cache/runonce/engine/docker.sock')
  const long = enginePaths(`/${'x'.repeat(80)}/runonce`)
  t.match(long.socket, /^\/run\/runonce-[0-9a-f]{12}\/docker\.sock$/)
  t.ok(long.data.startsWith('/xxxx'), 'its data stays in the cache')
  t.not(enginePaths(`/${'y'.repeat(80)}/runonce`).socket, long.socket)
})

void t.test('only one at a time holds the lock', async (t) => {
  const dir = t.testdir({})
  const events: string[] = []
  const hold = async (name: string) => await withLock(dir, 5000, async () => {
    events.push(`${name} in`)
    await sleep(20)
    events.push(`${name} out`)
  })
  await Promise.all([hold('a'), hold('a'), hold('a')])
  t.same(events, ['a in', 'a out', 'a in', 'a out', 'a in', 'a out'])
  await withLock(dir, 1000, async () => await t.rejects(withLock(dir, 50, async () => {}), /another process holds/))
  await t.rejects(withLock(dir, 1000, async () => { throw new Error('work') }), /work/)
  await withLock(dir, 100, async () => t.pass('a failure lets go of it'))
})

void t.test('leases of living processes count, of dead ones not', async (t) => {
  const dir = t.testdir({})
  const lease = await takeLease(dir)
  t.equal(await isLeased(dir), true)
  await lease.release()
  t.equal(await isLeased(dir), false)
  await writeFile(path.join(dir, '999999999-1'), '1')
  await writeFile(path.join(dir, `${process.pid}-7`), 'another start')
  t.equal(await isLeased(dir), false, 'neither a dead process nor another one of its pid')
})

void t.test('a process is ended by pid and start, never by pid alone', async (t) => {
  const child = spawn('sleep', ['60'])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  const pid = child.pid as number
  await endProcess(pid, 'another start', 1000)
  t.not(await processStart(pid), undefined, 'a later process of that pid is left alone')
  const exited = once(child, 'exit')
  await endProcess(pid, await processStart(pid) as string, 5000)
  t.same(await exited, [null, 'SIGTERM'])
})

void t.test('an engine that another hand started is not ended', async (t) => {
  const paths = enginePaths(t.testdir({ engine: {} }))
  const child = spawn('sleep', ['60'])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  await writeFile(paths.pid, `${child.pid}\n`)
  await stopEngine(paths)
  t.not(await processStart(child.pid as number), undefined)
  t.equal(await readFile(paths.pid, 'utf8'), `${child.pid}\n`)
})

void t.test('a DOCKER_HOST that can\'t serve is told, in two lines', async (t) => {
  for (const [value, message] of [['tcp://192.0.2.1:2375', /only a unix socket/], ['unix:///nonexistent/docker.sock', /ENOENT/]] as const) {
    const env = { ...process.env, DOCKER_HOST: value }
    t.intercept(process, 'env', { value: env })
    const error = await ensureEngine().then(() => new Error('found one'), (thrown: Error) => thrown)
    t.match(error.message, message)
    t.equal(error.message.split('\n').length, 2)
  }
})
