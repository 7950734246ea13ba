import t from 'tap'

import { empty, json } from '../fake-engine.js'
import { languageImage, serviceError } from '../fakes.js'
import { start } from './start-factory.js'
import { start as startSandbox } from './start-sandbox.js'

const PYTHON = languageImage('python')
const SHARED = { name: 'crun', sharedShim: true }
const CLOSED = { message: 'failed to create task for container: failed to create shim task: ttrpc: closed: unknown' }

interface Created { Runtime?: string, Annotations?: Record<string, string> }

/** Returns the host settings of all created containers. */
function created (engine: { made: (method: string, path: string) => Array<{ body: string }> }): Created[] {
  return engine.made('POST', '/containers/create').map(({ body }) => JSON.parse(body).HostConfig)
}

t.test('containers have the selected runtime, and share a group', async (t) => {
  const { engine, factory } = await start(t, { runtime: SHARED })
  await factory.prepare(PYTHON, { idleMs: 1000, warm: true })
  await factory.lease(PYTHON)
  const group = 'runonce-me-this-1'
  t.match(created(engine), [1, 2].map(() => ({ Runtime: 'crun', Annotations: { 'io.containerd.runc.v2.group': group } })))
})

t.test('without a shared shim, containers have no group', async (t) => {
  const { engine, factory } = await start(t)
  await factory.lease(PYTHON)
  t.notOk('Annotations' in (created(engine)[0] ?? {}))
})

t.test('a container that shares a shim needs less memory outside of its cgroup', async (t) => {
  const own = await start(t)
  await own.factory.lease(PYTHON)
  const shared = await start(t, { runtime: SHARED })
  await shared.factory.lease(PYTHON)
  t.same([own.factory.overheadBytes(), shared.factory.overheadBytes()], [6_000_000, 2_500_000])
})

t.test('a container leaves its group when its run is over, before it ends', async (t) => {
  const { engine, factory } = await start(t, { runtime: SHARED })
  const sandbox = await factory.lease(PYTHON)
  sandbox.retire()
  await factory.lease(PYTHON)
  t.strictSame(created(engine).map(({ Annotations }) => Object.values(Annotations ?? {})), [['runonce-me-this-1'], ['runonce-me-this-2']])
})

t.test('a container whose stream ends leaves its group', async (t) => {
  let left = 0
  const { container, sandbox } = startSandbox(t, { ending: () => { left++ } })
  container.end()
  await sandbox.whenEnded
  t.ok(left > 0)
})

t.test('if the shim exits while a container starts, the container is started again with a separate shim', async (t) => {
  const { engine, factory, remover, warnings } = await start(t, { runtime: SHARED })
  let starts = 0
  engine.on('POST /containers/c1/start', (...parts) => (++starts === 1 ? json(500, CLOSED) : empty(204))(...parts))
  const sandbox = await factory.lease(PYTHON)
  t.same(created(engine).map(({ Runtime, Annotations }) => [Runtime, Annotations !== undefined]), [['crun', true], ['crun', false]])
  await remover.settled()
  t.equal(engine.made('DELETE', '/containers/c1').length, 1, 'the first container is removed')
  t.match(warnings, [/its shared shim exited/])
  sandbox.retire()
  await factory.lease(PYTHON)
  t.match(created(engine)[2]?.Annotations, { 'io.containerd.runc.v2.group': 'runonce-me-this-2' }, 'later containers have another group')
})

t.test('other errors of the start, and a second exit of a shim, reach the client', async (t) => {
  const other = await start(t, { runtime: SHARED })
  other.engine.on('POST /containers/c1/start', json(500, { message: 'OCI runtime create failed' }))
  await t.rejects(other.factory.lease(PYTHON), serviceError({ slug: 'docker.container.start', statusCode: 500 }))
  t.equal(created(other.engine).length, 1)
  const twice = await start(t, { runtime: SHARED })
  twice.engine.on('POST /containers/c1/start', json(500, CLOSED))
  await t.rejects(twice.factory.lease(PYTHON), serviceError({ slug: 'docker.container.start', statusCode: 500 }))
  t.equal(created(twice.engine).length, 2)
  await twice.factory.lease(PYTHON).catch(() => {})
  t.match(created(twice.engine)[2]?.Annotations, { 'io.containerd.runc.v2.group': 'runonce-me-this-2' })
})
