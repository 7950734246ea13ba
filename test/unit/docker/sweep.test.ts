import type Docker from 'dockerode'
import t from 'tap'

import { Remover } from '../../../service/docker/remover.js'
import { isLeftBehind, Sweep } from '../../../service/docker/sweep.js'
import { empty, FakeEngine, json, silence } from '../fake-engine.js'
import { recordingLogger, until } from '../fakes.js'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const PAST = new Date(NOW - 1).toISOString()
const IDENTITY = { owner: 'me', boot: 'this' }

t.test('distinguishes leftover containers from containers in use', async (t) => {
  const mine = { 'runonce.owner': 'me', 'runonce.boot': 'this', 'runonce.lifetime': '300000', 'runonce.expires': PAST }
  const other = { ...mine, 'runonce.owner': 'other' }
  const { 'runonce.lifetime': _, ...older } = { ...other, 'runonce.expires': new Date(NOW + 300_000).toISOString() }
  const cases: Array<[string, Record<string, string>, string, number, boolean]> = [
    ['ours, running, regardless of the wall clock', mine, 'running', 299_999, false],
    ['ours, observed for its lifetime', mine, 'running', 300_000, true],
    ['ours, from an earlier service process', { ...mine, 'runonce.boot': 'earlier' }, 'running', 0, true],
    ['ours, without a boot ID', { ...mine, 'runonce.boot': '' }, 'running', 0, true],
    ['another service\'s, first observation', other, 'running', 0, false],
    ['another service\'s, running', other, 'running', 299_999, false],
    ['another service\'s, observed for its lifetime', other, 'running', 300_000, true],
    ['an older version\'s, running', older, 'running', 299_999, false],
    ['an older version\'s, observed for its lifetime', older, 'running', 300_000, true],
    ['an older version\'s, created with a clock that was ahead', { ...older, 'runonce.expires': PAST }, 'running', 59_999, false],
    ['created, not started yet', other, 'created', 59_999, false],
    ['created and not started for a minute', other, 'created', 60_000, true],
    ['with an invalid expiry', { ...older, 'runonce.expires': 'soon' }, 'running', 0, true]
  ]
  for (const [what, labels, state, seenMs, expected] of cases) {
    const container = { Labels: labels, State: state, Created: NOW / 1000 } as unknown as Docker.ContainerInfo
    t.equal(isLeftBehind(container, IDENTITY, seenMs), expected, what)
  }
})

t.test('a container of another service is removed only after this service has observed it for its whole lifetime', async (t) => {
  const clock = { ms: 0 }
  const { engine, sweep } = await start(t, () => clock.ms)
  const container = (Id: string) => ({ Id, State: 'running', Created: NOW / 1000, Labels: { 'runonce.owner': 'other', 'runonce.boot': 'x', 'runonce.expires': PAST, 'runonce.lifetime': '1000' } })
  engine.on('GET /containers/json', json(200, [container('first')])).on('DELETE /containers/*', empty(204))
  t.equal(await sweep.sweep(), 0)
  clock.ms = 999
  engine.on('GET /containers/json', json(200, [container('first'), container('second')]))
  t.equal(await sweep.sweep(), 0)
  clock.ms = 1000
  t.equal(await sweep.sweep(), 1)
  t.match(engine.made('DELETE', '/containers'), [{ path: '/containers/first' }])
})

t.test('a sweep forcibly removes leftover containers and no others', async (t) => {
  const { engine, sweep, lines } = await start(t)
  const container = (Id: string, boot: string) => ({
    Id, State: 'running', Created: Date.now() / 1000, Labels: { 'runonce.owner': 'me', 'runonce.boot': boot, 'runonce.expires': new Date(Date.now() + 1e6).toISOString() }
  })
  engine.on('GET /containers/json', json(200, [container('left', 'earlier'), container('live', 'this')])).on('DELETE /containers/*', empty(204))
  t.equal(await sweep.sweep(), 1)
  const [list] = engine.made('GET', '/containers/json')
  t.match([list?.query.get('all'), list?.query.get('filters')], ['true', 'runonce.expires'])
  const deletions = engine.made('DELETE', '/containers')
  t.match(deletions, [{ path: '/containers/left' }])
  t.same([deletions[0]?.query.get('force'), deletions[0]?.query.get('v')], ['true', 'true'])
  t.match(lines.join(''), /"removed":1/)
})

t.test('a sweep that cannot reach the engine logs a warning and does not throw', async (t) => {
  const { engine, sweep, lines } = await start(t)
  engine.on('GET /containers/json', json(500, { message: 'not now' }))
  t.equal(await sweep.sweep(), 0)
  engine.on('GET /containers/json', silence)
  t.equal(await sweep.sweep(), 0)
  await engine.stop()
  t.equal(await sweep.sweep(), 0)
  t.equal(lines.filter((line) => line.includes('sweep failed')).length, 3)
  await sweep.start()
  sweep.close()
  sweep.close()
})

t.test('a container that is missing or being removed counts as removed', async (t) => {
  for (const status of [204, 404, 409]) {
    const { engine, remover, lines } = await start(t)
    engine.on('DELETE /containers/*', status === 204 ? empty(204) : json(status, { message: 'no' }))
    await remover.remove('c1')
    t.equal(engine.made('DELETE', '/containers').length, 1, String(status))
    t.same(lines, [])
  }
})

t.test('a failed removal is retried', async (t) => {
  const { engine, remover, lines } = await start(t)
  engine.on('DELETE /containers/*', (call, response, request) => {
    (engine.made('DELETE', '/containers').length < 2 ? json(500, { message: 'busy' }) : empty(204))(call, response, request)
  })
  await remover.remove('c1')
  t.equal(engine.made('DELETE', '/containers').length, 2)
  t.same(lines, [])
})

t.test('a removal that fails repeatedly is left to the sweep, with a warning', async (t) => {
  const { engine, remover, lines } = await start(t)
  engine.on('DELETE /containers/*', json(500, { message: 'driver failed' }))
  let settled = false
  void remover.remove('c1')
  void remover.settled().then(() => { settled = true })
  await until(() => engine.made('DELETE', '/containers').length === 2)
  t.notOk(settled, 'the shutdown waits for the removal')
  await until(() => settled)
  t.equal(engine.made('DELETE', '/containers').length, 4)
  t.match(lines.join(''), /driver failed/)
})

t.test('with DEBUG_KEEP_CONTAINER a container is killed but not removed', async (t) => {
  const { engine, client, warn } = await start(t)
  engine.on('POST /containers/c1/kill', empty(204))
  await new Remover(client, { keep: true, warn }).remove('c1')
  t.match(engine.calls, [{ method: 'POST', path: '/containers/c1/kill' }])
})

async function start (t: { teardown: (work: () => void | Promise<void>) => void }, clock: () => number = () => performance.now()) {
  const engine = await FakeEngine.start(t)
  const { logger, lines } = recordingLogger()
  const client = engine.client(t, 200)
  const warn = logger.warn.bind(logger)
  const remover = new Remover(client, { keep: false, warn })
  return { engine, client, warn, remover, lines, sweep: new Sweep({ engine: client, remover, identity: IDENTITY, log: logger, clock }) }
}
