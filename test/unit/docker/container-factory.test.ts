import t from 'tap'

import { FakeEngine, frame, json, silence, upgrade } from '../fake-engine.js'
import { serviceError, languageImage, until } from '../fakes.js'
import { start } from './start-factory.js'

const PYTHON = languageImage('python')
const EXCHANGE = { resultIsFirstLine: true, deadlineMs: 2000, maxBytes: 1000, signal: new AbortController().signal }

t.test('a container is created, attached and started, in this order', async (t) => {
  const { engine, factory } = await start(t)
  const sandbox = await factory.lease(PYTHON)
  t.same(engine.calls.map(({ method, path }) => `${method} ${path}`), ['POST /containers/create', 'POST /containers/c1/attach', 'POST /containers/c1/start'])
  t.match(JSON.parse(engine.calls[0]?.body ?? ''), { Image: 'sha256:python', HostConfig: { AutoRemove: true } })
  t.notMatch(engine.calls[0]?.body, /abortSignal/)
  t.same(Object.keys(sandbox.phases), ['create', 'attach', 'start'])
  t.equal(sandbox.pooled, false)
  sandbox.retire()
  await until(() => engine.made('DELETE', '/containers/c1').length === 1)
})

t.test('a complete run uses the socket of the engine', async (t) => {
  const { engine, factory } = await start(t)
  engine.onAttach = (socket) => {
    upgrade(socket)
    socket.once('data', (payload) => socket.write(frame(1, `{"got":${String(payload)}}\n`)))
  }
  const sandbox = await factory.lease(PYTHON)
  const { end, stdout } = await sandbox.exchange(Buffer.from('{"a":1}'), { resultIsFirstLine: true, deadlineMs: 1000, maxBytes: 1000, signal: new AbortController().signal })
  t.same([end, String(stdout)], ['result', '{"got":{"a":1}}\n'])
  sandbox.retire()
  engine.attached[0]?.destroy()
})

t.test('a container whose result is overdue gets all cores once, before its deadline', async (t) => {
  const { engine, factory } = await start(t)
  engine.on('POST /containers/c1/update', json(200, { Warnings: null }))
  const sandbox = await factory.lease(PYTHON)
  const exchange = sandbox.exchange(Buffer.from('{}'), { ...EXCHANGE, overdueMs: 50 })
  await until(() => engine.made('POST', '/containers/c1/update').length === 1)
  t.same(JSON.parse(engine.made('POST', '/containers/c1/update')[0]?.body ?? ''), { NanoCpus: 4e9 })
  engine.attached[0]?.write(frame(1, '{"late":1}\n'))
  t.equal(String((await exchange).stdout), '{"late":1}\n', 'the late result is used')
  sandbox.retire()
})

t.test('the CPU limit is unchanged if the result has arrived, the container is gone, or there is no limit', async (t) => {
  const inTime = await start(t)
  const sandbox = await inTime.factory.lease(PYTHON)
  const exchange = sandbox.exchange(Buffer.from('{}'), { ...EXCHANGE, overdueMs: 700 })
  inTime.engine.attached[0]?.write(frame(1, '{}\n'))
  await exchange
  const gone = await start(t)
  const ended = (await gone.factory.lease(PYTHON)).exchange(Buffer.from('{}'), { ...EXCHANGE, overdueMs: 700 })
  gone.engine.attached[0]?.end()
  await ended
  const whole = await start(t, { cores: 2, env: { DOCKER_CONTAINER_CPUS: '2' } })
  await (await whole.factory.lease(PYTHON)).exchange(Buffer.from('{}'), { ...EXCHANGE, deadlineMs: 150, overdueMs: 50 })
  const unlimited = await start(t, { env: { DOCKER_CONTAINER_CPUS: '0' } })
  await (await unlimited.factory.lease(PYTHON)).exchange(Buffer.from('{}'), { ...EXCHANGE, deadlineMs: 150, overdueMs: 50 })
  const foreign = await start(t)
  await (await foreign.factory.lease(PYTHON)).exchange(Buffer.from('{}'), { ...EXCHANGE, deadlineMs: 150 })
  await new Promise((resolve) => setTimeout(resolve, 800))
  for (const { engine } of [inTime, gone, whole, unlimited, foreign]) t.equal(engine.made('POST', '/containers/c1/update').length, 0)
})

t.test('engine errors are ignored when the CPU limit is lifted', async (t) => {
  for (const answer of [json(500, { message: 'no' }), json(404, { message: 'gone' }), silence]) {
    const { engine, factory } = await start(t)
    engine.on('POST /containers/c1/update', answer)
    const sandbox = await factory.lease(PYTHON)
    t.equal((await sandbox.exchange(Buffer.from('{}'), { ...EXCHANGE, deadlineMs: 400, overdueMs: 50 })).end, 'deadline')
    t.equal(engine.made('POST', '/containers/c1/update').length, 1)
    sandbox.retire()
  }
})

t.test('a run without a result counts as a timeout only if the engine reports its container as running', async (t) => {
  const cases = [
    [json(200, { State: { Running: true, Paused: false } }), 'deadline'],
    [json(200, { State: { Running: true, Paused: true } }), 'unresponsive'],
    [json(200, { State: { Running: false, Paused: false } }), 'unresponsive'],
    [json(404, { message: 'No such container' }), 'unresponsive'],
    [silence, 'unresponsive']
  ] as const
  for (const [response, end] of cases) {
    const { engine, factory } = await start(t)
    engine.on('GET /containers/c1/json', response)
    const sandbox = await factory.lease(PYTHON)
    t.equal((await sandbox.exchange(Buffer.from('{}'), { ...EXCHANGE, deadlineMs: 20 })).end, end)
    sandbox.retire()
  }
})

t.test('each failed step has its slug, and its container and connection are removed', async (t) => {
  const cases: Array<[string, (engine: FakeEngine) => void, object, boolean]> = [
    ['create with invalid settings', (engine) => engine.on('POST /containers/create', json(400, { message: 'invalid CapAdd' })), { slug: 'docker.container.create', statusCode: 500, message: 'invalid CapAdd' }, false],
    ['create from an image without a command', (engine) => engine.on('POST /containers/create', json(400, { message: 'No command specified' })), { slug: 'docker.container.create', statusCode: 400 }, false],
    ['create without an image', (engine) => engine.on('POST /containers/create', json(404, { message: 'No such image' })), { slug: 'docker.container.create', statusCode: 400 }, false],
    ['create, silent', (engine) => engine.on('POST /containers/create', silence), { slug: 'docker.container.create', statusCode: 500, message: /did not respond/ }, false],
    ['create, failed', (engine) => engine.on('POST /containers/create', json(500, { message: 'no space left on device' })), { slug: 'docker.container.create', statusCode: 500 }, false],
    ['create with an incomplete response', (engine) => engine.on('POST /containers/create', (_call, response) => { response.destroy() }), { slug: 'docker.container.create', statusCode: 500, message: /was lost/ }, false],
    ['attach, refused', (engine) => { engine.onAttach = (socket) => { socket.end('HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n') } }, { slug: 'docker.container.attach', statusCode: 500 }, true],
    ['attach, silent', (engine) => { engine.onAttach = () => {} }, { slug: 'docker.container.attach', statusCode: 500, message: /did not respond/ }, true],
    ['start, failed', (engine) => engine.on('POST /containers/c1/start', json(500, { message: 'OCI runtime create failed' })), { slug: 'docker.container.start', statusCode: 500 }, true],
    ['start, silent', (engine) => engine.on('POST /containers/c1/start', silence), { slug: 'docker.container.start', statusCode: 500, message: /did not respond/ }, true]
  ]
  for (const [what, arrange, expected, removed] of cases) {
    const { engine, factory, remover } = await start(t)
    arrange(engine)
    await t.rejects(factory.lease(PYTHON), serviceError(expected), what)
    await remover.settled()
    t.equal(engine.made('DELETE', '/containers/c1').length, removed ? 1 : 0, `${what}: removed`)
    await until(() => engine.attached.every((socket) => socket.destroyed || socket.readableEnded), `${what}: the attach connection's end`)
  }
})

t.test('the engine\'s message is returned to the client without paths of the host', async (t) => {
  const { engine, factory } = await start(t)
  engine.on('POST /containers/c1/start', json(500, {
    message: 'OCI runtime create failed: mount /var/lib/docker/overlay2/1f/merged: no such file: exec: "/opt/x": /run/containerd/io.containerd.runtime.v2.task/moby/9'
  }))
  const error = await factory.lease(PYTHON).then(() => undefined, (reason: Error) => reason)
  t.match(error?.message, /^OCI runtime create failed: mount .*: no such file: exec: "\/opt\/x": /)
  t.notMatch(error?.message, /\/var\/lib|\/run\/containerd/)
})

t.test('no request is sent to the engine for an image that requires more than the caps', async (t) => {
  const { engine, factory } = await start(t)
  await t.rejects(factory.lease({ ...PYTHON, processes: 100_000 }), serviceError({ slug: 'image.needs_more', statusCode: 400 }))
  t.equal(engine.calls.length, 0)
})

t.test('a pooled container reports when it is ready', async (t) => {
  const { engine, factory } = await start(t)
  const sandbox = await factory.prepare(PYTHON, { idleMs: 60_000, warm: true })
  t.same([sandbox.pooled, sandbox.phases, sandbox.ended], [true, {}, false])
  const body = JSON.parse(engine.calls[0]?.body ?? '')
  t.ok(body.Env.includes('RUNONCE_ANNOUNCE=1'))
  t.ok(Date.parse(body.Labels['runonce.expires']) - Date.now() > 60_000 + 10_000 + 29_000, 'it expires after its waiting time, its run and the grace period')
  engine.attached[0]?.destroy()
  await sandbox.whenEnded
  t.ok(sandbox.ended)
})

t.test('idle memory excludes memory that the kernel can reclaim', async (t) => {
  const { engine, factory } = await start(t)
  const sandbox = await factory.prepare(PYTHON, { idleMs: 0, warm: false })
  for (const [memory, expected] of [[{ usage: 100, stats: { total_inactive_file: 30 } }, 70], [{ usage: 100, stats: { inactive_file: 20 } }, 80], [{}, 0]] as const) {
    engine.on('GET /containers/c1/stats', json(200, { memory_stats: memory }))
    t.equal(await factory.idleBytes(sandbox), expected)
  }
  sandbox.retire()
})

t.test('a memory measurement above the limit of the container is ignored', async (t) => {
  const { engine, factory } = await start(t)
  const limits = [[PYTHON, 268_435_456], [{ ...PYTHON, memoryBytes: 600_000_000 }, 600_000_000]] as const
  for (const [image, limit] of limits) {
    const sandbox = await factory.prepare(image, { idleMs: 0, warm: false })
    engine.on('GET /containers/c1/stats', json(200, { memory_stats: { usage: limit } }))
    t.equal(await factory.idleBytes(sandbox), limit)
    engine.on('GET /containers/c1/stats', json(200, { memory_stats: { usage: limit + 1 } }))
    await t.rejects(factory.idleBytes(sandbox), { message: /more than the container's limit/ })
    sandbox.retire()
  }
})

t.test('the limits of a waiting container are changed with one call, whose errors are reported', async (t) => {
  const { engine, factory } = await start(t)
  engine.on('POST /containers/c1/update', json(200, { Warnings: null }))
  const sandbox = await factory.prepare(PYTHON, { idleMs: 1000, warm: true })
  t.equal(await factory.resize(sandbox, { memoryBytes: 67_108_864, processes: 20 }), true)
  t.equal(await factory.resize(sandbox, { processes: 20 }), true)
  t.same(engine.made('POST', '/containers/c1/update').map(({ body }) => JSON.parse(body)),
    [{ Memory: 67_108_864, MemorySwap: 67_108_864, PidsLimit: 20 }, { PidsLimit: 20 }])
  engine.on('POST /containers/c1/update', json(500, { message: 'device or resource busy' }))
  t.equal(await factory.resize(sandbox, { memoryBytes: 67_108_864 }), false)
  sandbox.retire()
})
