import { spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'

import { engineError, faultEngine, temporaryFolder, type Fault } from './fault-engine.js'
import { foreignImage, needImages, startService, submission, until, type Service } from './kit.js'

const UNREACHABLE = 'docker.unixsocket'

void t.test('the socket does not exist', async (t) => {
  const service = await startService(t, { env: { DOCKER_UNIX_SOCKET_PATH: join(temporaryFolder(t), 'none.sock') } })
  await isUnreachable(t, service, /no socket/)
})

void t.test('nothing listens on the socket', async (t) => {
  const path = join(temporaryFolder(t), 'dead.sock')
  const listener = spawn(process.execPath, ['-e', 'require("net").createServer().listen(process.argv[1])', path], { stdio: 'ignore' })
  await until(() => existsSync(path), 'the socket')
  listener.kill('SIGKILL')
  await new Promise((resolve) => listener.once('exit', resolve))
  const service = await startService(t, { env: { DOCKER_UNIX_SOCKET_PATH: path } })
  await isUnreachable(t, service, /nothing listens/)
})

void t.test('the service has no permission to access the folder of the socket', async (t) => {
  const folder = temporaryFolder(t)
  chmodSync(folder, 0o700)
  const isRoot = process.getuid?.() === 0
  if (isRoot) chownSync(folder, 65534, 65534)
  else chmodSync(folder, 0)
  const service = await startService(t, { env: { DOCKER_UNIX_SOCKET_PATH: join(folder, 'docker.sock') }, withoutRootsRights: isRoot })
  await isUnreachable(t, service, /permission denied/)
  if (!isRoot) chmodSync(folder, 0o700)
})

void t.test('the engine accepts connections and never responds: the slug names the call', async (t) => {
  const env = { DOCKER_UNIX_SOCKET_READ_TIMEOUT: '0.2', DOCKER_UNIX_SOCKET_WRITE_TIMEOUT: '0.2', DOCKER_UNIX_SOCKET_PATH: await faultEngine(t, () => 'silence') }
  const service = await startService(t, { env })
  await isDown(t, service, { version: 'docker.version', image: 'docker.container.create' }, /did not respond/)
  const { body } = await service.post('/run', { image: 'glot/any', payload: {} })
  t.match(body.message, /within 400 ms/, 'the sum of both timeouts')
})

const faults: Array<{ title: string, fault: Fault, status: number, slug: string, message: RegExp }> = [
  {
    title: 'the engine refuses to create the container',
    fault: (request) => request.includes('/containers/create') ? engineError(400, 'no such runtime: imaginary') : undefined,
    status: 500,
    slug: 'docker.container.create',
    message: /no such runtime: imaginary/
  },
  {
    title: 'the engine fails to create the container',
    fault: (request) => request.includes('/containers/create') ? engineError(500, 'no space left on device') : undefined,
    status: 500,
    slug: 'docker.container.create',
    message: /no space left on device/
  },
  {
    title: 'the engine fails to start the container',
    fault: (request) => /^POST \S+\/start/.test(request) ? engineError(500, 'OCI runtime create failed') : undefined,
    status: 500,
    slug: 'docker.container.start',
    message: /OCI runtime create failed/
  },
  {
    title: 'the engine fails to attach',
    fault: (request) => request.includes('/attach') ? engineError(500, 'cannot attach') : undefined,
    status: 500,
    slug: 'docker.container.attach',
    message: /./
  },
  {
    title: 'the engine does not respond to the create request',
    fault: (request) => request.includes('/containers/create') ? 'silence' : undefined,
    status: 500,
    slug: 'docker.container.create',
    message: /did not respond/
  },
  {
    title: 'the engine does not respond to the attach request',
    fault: (request) => request.includes('/attach') ? 'silence' : undefined,
    status: 500,
    slug: 'docker.container.attach',
    message: /did not respond/
  },
  {
    title: 'the engine does not respond to the start request',
    fault: (request) => /^POST \S+\/start/.test(request) ? 'silence' : undefined,
    status: 500,
    slug: 'docker.container.start',
    message: /did not respond/
  },
  {
    title: 'the engine\'s stream is invalid',
    fault: (request) => request.includes('/attach') ? 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nthis is not a stream frame' : undefined,
    status: 500,
    slug: 'docker.container.stream.read',
    message: /./
  }
]

void t.test('one request to the engine fails', async (t) => {
  const image = await foreignImage(t)
  let spoil: Fault = () => undefined
  const path = await faultEngine(t, (request) => spoil(request))
  const service = await startService(t, {
    env: { DOCKER_UNIX_SOCKET_PATH: path, DOCKER_UNIX_SOCKET_READ_TIMEOUT: '0.5', DOCKER_UNIX_SOCKET_WRITE_TIMEOUT: '0.5' }
  })
  for (const { title, fault, status, slug, message } of faults) {
    await t.test(`${title}: ${status} ${slug}, the container is removed, and the next run succeeds`, async (t) => {
      spoil = fault
      const answer = await service.post('/run', { image, payload: {} })
      t.equal(answer.status, status)
      t.equal(answer.body.error, slug)
      t.match(answer.body.message, message)
      await until(async () => (await service.containers()).length === 0, 'the removal of the container')
      spoil = () => undefined
      t.equal((await service.post('/run', { image, payload: {} })).status, 200, 'the next run succeeds')
    })
  }
})

void t.test('the version request to the engine fails: 500 docker.version', async (t) => {
  const path = await faultEngine(t, (request) => request.includes('/version') ? engineError(500, 'out of order') : undefined)
  const service = await startService(t, { env: { DOCKER_UNIX_SOCKET_PATH: path } })
  const { status, body } = await service.request('/version')
  t.equal(status, 500)
  t.match(body, { error: 'docker.version', message: /out of order/ })
})

void t.test('runs succeed again after the engine has restarted', async (t) => {
  let down = true
  const path = await faultEngine(t, () => down ? engineError(503, 'starting') : undefined)
  const image = await foreignImage(t)
  const service = await startService(t, { env: { DOCKER_UNIX_SOCKET_PATH: path } })
  t.not((await service.post('/run', { image, payload: {} })).status, 200)
  down = false
  t.equal((await service.post('/run', { image, payload: {} })).status, 200)
})

void t.test('a node on which all runs fail becomes not ready and refuses runs, and becomes ready when runs succeed', async (t) => {
  await needImages('bash')
  let full = false
  const path = await faultEngine(t, (request) => full && request.includes('/containers/create') ? engineError(500, 'no space left on device') : undefined)
  const service = await startService(t, { env: { DOCKER_UNIX_SOCKET_PATH: path } })
  t.match(await service.run('bash', 'echo before'), { stdout: 'before\n' })
  full = true
  const tryRun = async () => (await service.post('/run', submission('bash', 'echo'))).status
  t.same([await tryRun(), await tryRun()], [500, 500])
  await until(async () => (await tryRun()) === 503, 'a refused run')
  t.same([await tryRun(), await tryRun()], [503, 503])
  const refused = await service.post('/run', submission('bash', 'echo'))
  t.match(refused.body, { error: 'overloaded', message: /no space left on device/ })
  t.match(refused.headers.get('retry-after'), /^\d+$/)
  const readiness = await service.request('/readyz', { token: null })
  t.equal(readiness.status, 503)
  t.match(readiness.body, { ready: false, reason: /no space left on device/ })
  t.match((await service.request('/metrics', { token: null })).body, /^runonce_node_ready 0$/m)
  full = false
  await until(async () => (await service.request('/readyz', { token: null })).status === 200, 'the service to be ready')
  t.match(await service.run('bash', 'echo after'), { stdout: 'after\n' })
  t.match(service.logs.filter(({ msg }) => /ready: runs/.test(String(msg))), [{ level: 'error' }, { level: 'info' }])
})

async function isUnreachable (t: Test, service: Service, message: RegExp): Promise<void> {
  await isDown(t, service, { version: UNREACHABLE, image: UNREACHABLE }, message)
}

/** Asserts that each route that requires the engine reports the failed request, and that all other routes work. */
async function isDown (t: Test, service: Service, slugs: { version: string, image: string }, message: RegExp): Promise<void> {
  for (const [answer, slug] of [
    [await service.request('/version'), slugs.version],
    [await service.post('/run', { image: 'glot/any', payload: {} }), slugs.image],
    [await service.post('/run/python', { code: '' }), slugs.image],
    [await service.request('/api/languages', { token: null }), slugs.image]
  ] as const) {
    t.equal(answer.status, 500)
    t.match(answer.body, { error: slug, message })
    t.notMatch(answer.body.message, /\/tmp\//, 'the message contains no path of the host')
  }
  t.equal((await service.request('/', { token: null })).status, 200)
  const health = await service.request('/api/health', { token: null })
  t.equal(health.status, 503)
  t.match(health.body, { status: 'degraded', service: 'code-execution' })
  t.equal((await service.request('/readyz', { token: null })).status, 503)
  t.equal((await service.request('/livez', { token: null })).status, 200)
}
