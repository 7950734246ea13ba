import { inspect } from 'node:util'

import t from 'tap'

import { Engine } from '../../../service/docker/engine.js'
import { ENGINE_VERSION_EXAMPLE } from '../../../service/http/routes/version.js'
import { ServiceReadiness } from '../../../service/runs/readiness.js'
import { dockerClient } from '../../../tools/lib/docker-client.js'
import { FakeEngine, json, silence } from '../fake-engine.js'
import { FakeEngineStatus, FakePool, serviceError } from '../fakes.js'

const VERSION = {
  Version: '20.10.24',
  ApiVersion: '1.41',
  GitCommit: '5d6db84',
  GoVersion: 'go1.19.8',
  Os: 'linux',
  Arch: 'amd64',
  KernelVersion: '6.1.0',
  BuildTime: '2023-05-18',
  Platform: { Name: '' },
  Components: [{ Name: 'Engine', Version: '20.10.24', Details: {} }]
}

t.test('the engine\'s version is returned with the member names of runonce', async (t) => {
  const engine = await FakeEngine.start(t)
  engine.on('GET /version', json(200, VERSION))
  t.same(await engine.client(t).version(), ENGINE_VERSION_EXAMPLE)
  engine.on('GET /version', json(200, { Version: '1' }))
  t.match(await engine.client(t).version(), { version: '1', platform: { name: '' }, components: [] })
})

t.test('an error of the engine, and a missing response, have the slug of the request', async (t) => {
  const engine = await FakeEngine.start(t)
  const client = engine.client(t, 100)
  engine.on('GET /version', json(500, { message: 'broken' }))
  await t.rejects(client.version(), serviceError({ slug: 'docker.version', statusCode: 500, message: 'broken' }))
  engine.on('GET /version', silence).on('GET /_ping', silence)
  const startedAt = performance.now()
  await t.rejects(client.version(), serviceError({ slug: 'docker.version', statusCode: 500, message: /did not respond within 100 ms .*READ_TIMEOUT/ }))
  await t.rejects(client.ping(), serviceError({ slug: 'docker.version', statusCode: 500 }))
  t.ok(performance.now() - startedAt < 1000, 'each call ends at its deadline')
  engine.on('GET /version', (_call, response) => { response.write('{"Ver') })
  await t.rejects(client.version(), serviceError({ slug: 'docker.version' }), 'an incomplete response')
  engine.on('GET /version', (_call, response) => { response.destroy() })
  await t.rejects(client.version(), serviceError({ slug: 'docker.version', message: /was lost/ }))
})

t.test('the message reports a missing socket without its path', async (t) => {
  const client = new Engine({ socketPath: '/nonexistent/docker.sock', readTimeoutMs: 100, writeTimeoutMs: 100 })
  await t.rejects(client.ping(), serviceError({ slug: 'docker.unixsocket', message: /no socket at DOCKER_UNIX_SOCKET_PATH/ }))
  const { message } = await client.ping().then(() => new Error('no error'), (error: Error) => error)
  t.notMatch(message, /nonexistent/)
})

t.test('DOCKER_HOST and related variables are ignored', async (t) => {
  const environments: Array<Record<string, string>> = [
    { DOCKER_HOST: 'tcp://127.0.0.1:1' },
    { DOCKER_HOST: 'tcp://127.0.0.1:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nonexistent' },
    { DOCKER_HOST: 'ssh://user@example.org', DOCKER_CERT_PATH: '/nonexistent' },
    { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_CLIENT_TIMEOUT: '1', DOCKER_PATH_PREFIX: '/elsewhere' },
    { DOCKER_HOST: 'http://[' }
  ]
  const engine = await FakeEngine.start(t)
  engine.on('GET /version', (call, response, request) => { setTimeout(() => json(200, VERSION)(call, response, request), 50) })
  const before = { ...process.env }
  for (const env of environments) {
    Object.assign(process.env, env)
    t.teardown(() => { for (const name of Object.keys(env)) restore(name, before[name]) })
    t.match(await engine.client(t).version(), { version: '20.10.24' }, JSON.stringify(env))
    t.match(await dockerClient(engine.socketPath).version(), { Version: '20.10.24' }, 'the tools\' client')
    t.match(process.env, env, 'child processes still receive the variables')
    for (const name of Object.keys(env)) restore(name, before[name])
  }
})

function restore (name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name)
  else process.env[name] = value
}

t.test('the service is ready if the engine responds, runs succeed and the service is not stopping', async (t) => {
  const engine = new FakeEngineStatus()
  const node: { reason: string | undefined } = { reason: undefined }
  const readiness = new ServiceReadiness(engine, new FakePool({ ready: 2, images: [] }), node)
  t.match(readiness.pool(), { ready: 2 })
  t.equal(await readiness.notReady(), undefined)
  engine.fail = new Error('gone')
  t.equal(await readiness.notReady(), 'gone')
  engine.fail = undefined
  node.reason = 'runs fail'
  t.equal(await readiness.notReady(), 'runs fail')
  readiness.stop()
  t.match(await readiness.notReady(), /shutting down/)
})

t.test('docker-modem\'s debug formatting of a request does not traverse sockets', async (t) => {
  const engine = await FakeEngine.start(t)
  engine.on('GET /version', json(200, VERSION))
  const client = engine.client(t)
  await client.version()
  const { agent } = client.docker.modem as unknown as { agent: object }
  t.equal(inspect(agent, { showHidden: true, depth: null }), 'Agent')
})
