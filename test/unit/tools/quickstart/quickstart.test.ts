import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import t from 'tap'

import { isLeased, takeLease } from '../../../../tools/engine/lease.js'
import { enginePaths, stopEngine, withoutServices } from '../../../../tools/engine/own-engine.js'
import { withLock } from '../../../../tools/lib/lock.js'
import { endProcess, processStart } from '../../../../tools/lib/process-table.js'
import { listenError, startService } from '../../../../tools/lib/service-process.js'
import { parseSettings } from '../../../../tools/lib/env-file.js'
import { completed, ensureSettings, listenAddress, serviceEnvironment } from '../../../../tools/quickstart/settings.js'

void t.test('creates private settings once and keeps them', async (t) => {
  const file = path.join(t.testdir({}), 'state/env')
  const first = await ensureSettings(file, '/run/a.sock')
  t.match(first, { SERVER_LISTEN_ADDR: '127.0.0.1', SERVER_LISTEN_PORT: '8088', DOCKER_UNIX_SOCKET_PATH: '/run/a.sock', DOCKER_CONTAINER_RUNTIME: 'auto' })
  t.match(first['API_ACCESS_TOKEN'], /^[\w-]{32}$/)
  t.equal((await stat(file)).mode & 0o777, 0o600)
  t.same(await ensureSettings(file, '/run/a.sock'), first)
  const moved = await ensureSettings(file, '/run/b.sock')
  t.same(moved, { ...first, DOCKER_UNIX_SOCKET_PATH: '/run/b.sock' })
  t.not((await ensureSettings(`${file}2`, '/run/a.sock'))['API_ACCESS_TOKEN'], first['API_ACCESS_TOKEN'])
})

void t.test('keeps the user\'s lines in the settings', async (t) => {
  const text = completed('# mine\nSERVER_LISTEN_PORT=9000\nLOG_LEVEL=debug', '/s', () => 'made')
  t.same(text.split('\n').slice(0, 3), ['# mine', 'SERVER_LISTEN_PORT=9000', 'LOG_LEVEL=debug'])
  t.match(parseSettings(text), { SERVER_LISTEN_PORT: '9000', API_ACCESS_TOKEN: 'made', LOG_LEVEL: 'debug' })
  t.equal(completed(text, '/s', () => 'other'), text)
  t.notOk('DOCKER_CONTAINER_RUNTIME' in parseSettings(text), 'an existing file keeps the default runtime of the engine')
  t.equal(parseSettings('API_ACCESS_TOKEN=a=b c\n')['API_ACCESS_TOKEN'], 'a=b c')
})

void t.test('non-empty environment variables override the settings', async (t) => {
  const settings = { API_ACCESS_TOKEN: 'made', SERVER_LISTEN_ADDR: '127.0.0.1', SERVER_LISTEN_PORT: '8088', DOCKER_UNIX_SOCKET_PATH: '/found.sock' }
  t.same(serviceEnvironment(settings, { SERVER_LISTEN_PORT: '9000', SERVER_LISTEN_ADDR: '', API_ACCESS_TOKEN: '', POOL_IMAGES: '', DOCKER_UNIX_SOCKET_PATH: '/other.sock' }),
    { ...settings, SERVER_LISTEN_PORT: '9000', POOL_IMAGES: '', LOG_LEVEL: 'info' })
  for (const level of ['silent', 'error', 'nonsense', '']) t.equal(serviceEnvironment(settings, { LOG_LEVEL: level })['LOG_LEVEL'], 'info', `at ${level} the message that the service listens would be missing`)
  t.equal(serviceEnvironment({ ...settings, LOG_LEVEL: 'debug' }, {})['LOG_LEVEL'], 'debug')
})

void t.test('rejects an invalid port', async (t) => {
  t.same(listenAddress({}), { address: '127.0.0.1', port: 8088 })
  t.same(listenAddress({ SERVER_LISTEN_ADDR: '::1', SERVER_LISTEN_PORT: '0' }), { address: '::1', port: 0 })
  for (const port of ['x', '', '-1', '65536', '80.5', '0x50']) t.throws(() => listenAddress({ SERVER_LISTEN_PORT: port }), { message: `SERVER_LISTEN_PORT: invalid value "${port}": must be a whole number from 0 to 65535` })
})

void t.test('reads the address of the service from its log; if the service exits first, the error has the last lines', async (t) => {
  const dir = t.testdir({
    bin: `#!/bin/sh
[ -z "$FAILS" ] || { echo 'cannot listen' >&2; exit 3; }
echo '{"level":"info","address":"::1","port":4711,"msg":"listening"}'
exec sleep 60`
  })
  const wrapper = ['sh', path.join(dir, 'bin')]
  const lines: string[] = []
  const service = await startService({ env: { PATH: process.env['PATH'] }, wrapper, onLine: (line) => lines.push(line) })
  t.equal(service.url, 'http://[::1]:4711')
  t.equal(lines.length, 1)
  await service.stop()
  t.equal(await service.exited, null, 'a signal ended the service')
  await t.rejects(startService({ env: { FAILS: '1', PATH: process.env['PATH'] }, wrapper }), { message: 'the service did not start (exit code 3):\ncannot listen' })
})

void t.test('apt does not start services while an engine is being installed', async (t) => {
  const dir = t.testdir({ own: '#!/bin/sh\nexit 0\n' })
  const policy = path.join(dir, 'policy-rc.d')
  const seen = async () => { t.equal((await stat(policy)).mode & 0o111, 0o111); return await readFile(policy, 'utf8') }
  const text = await withoutServices(policy, seen)
  t.match(text, /\nexit 101\n$/)
  t.notOk(existsSync(policy))
  await t.rejects(withoutServices(policy, async () => { throw new Error('apt') }), /apt/)
  t.notOk(existsSync(policy), 'the policy file is also removed after a failure')
  await writeFile(policy, text, { mode: 0o755 })
  await withoutServices(policy, seen)
  t.notOk(existsSync(policy), 'a policy file of a killed installation is removed')
  const own = path.join(dir, 'own')
  t.equal(await withoutServices(own, async () => await readFile(own, 'utf8')), '#!/bin/sh\nexit 0\n')
  t.equal(await readFile(own, 'utf8'), '#!/bin/sh\nexit 0\n', 'the policy file of the system is kept')
})

void t.test('reports a port in use before any build', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  t.equal(await listenError('127.0.0.1', port), 'EADDRINUSE')
  server.close()
  await once(server, 'close')
  t.equal(await listenError('127.0.0.1', port), undefined)
})

void t.test('the engine\'s sockets have a short path if the path of the cache folder is too long', async (t) => {
  t.equal(enginePaths('/home/u/.cache/runonce').socket, '/home/u/.cache/runonce/engine/docker.sock')
  const long = enginePaths(`/${'x'.repeat(80)}/runonce`)
  t.match(long.socket, /^\/run\/runonce-[0-9a-f]{12}\/docker\.sock$/)
  t.ok(long.data.startsWith('/xxxx'), 'the data remains in the cache')
  t.not(enginePaths(`/${'y'.repeat(80)}/runonce`).socket, long.socket)
})

void t.test('only one process at a time holds the lock', async (t) => {
  const dir = t.testdir({})
  const events: string[] = []
  const hold = async (name: string) => await withLock(dir, 5000, async () => {
    events.push(`${name} in`)
    await sleep(20)
    events.push(`${name} out`)
  })
  await Promise.all([hold('a'), hold('a'), hold('a')])
  t.same(events, ['a in', 'a out', 'a in', 'a out', 'a in', 'a out'])
  await withLock(dir, 1000, async () => await t.rejects(withLock(dir, 50, async () => {}), /another process has held the lock/))
  await t.rejects(withLock(dir, 1000, async () => { throw new Error('work') }), /work/)
  await withLock(dir, 100, async () => t.pass('a failure releases the lock'), () => t.fail('no other holder of the lock'))
  let waits = 0
  await Promise.all([hold('a'), withLock(dir, 5000, async () => t.equal(waits, 1, 'the waiting process is notified once'), () => { waits++ })])
})

void t.test('only leases of running processes count', async (t) => {
  const dir = t.testdir({})
  const lease = await takeLease(dir)
  t.equal(await isLeased(dir), true)
  await lease.release()
  t.equal(await isLeased(dir), false)
  await writeFile(path.join(dir, '999999999-1'), '1')
  await writeFile(path.join(dir, `${process.pid}-7`), 'another start')
  t.equal(await isLeased(dir), false, 'neither a dead process nor another process with the same pid holds a lease')
})

void t.test('identifies a process by pid and start time before ending it', async (t) => {
  const child = spawn('sleep', ['60'])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  const pid = child.pid as number
  await endProcess(pid, 'another start', 1000)
  t.not(await processStart(pid), undefined, 'a later process with the same pid is not signaled')
  const exited = once(child, 'exit')
  await endProcess(pid, await processStart(pid) as string, 5000)
  t.same(await exited, [null, 'SIGTERM'])
})

void t.test('does not stop an engine that another process started', async (t) => {
  const paths = enginePaths(t.testdir({ engine: {} }))
  const child = spawn('sleep', ['60'])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  await writeFile(paths.pid, `${child.pid}\n`)
  await stopEngine(paths)
  t.not(await processStart(child.pid as number), undefined)
  t.equal(await readFile(paths.pid, 'utf8'), `${child.pid}\n`)
})
