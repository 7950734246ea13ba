import type Docker from 'dockerode'
import t from 'tap'

import { Remover } from '../../../service/docker/remover.js'
import { isLeftBehind, Sweep } from '../../../service/docker/sweep.js'
import { empty, FakeEngine, json, silence } from '../fake-engine.js'
import { recordingLogger, until } from '../fakes.js'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const IDENTITY = { owner: 'me', boot: 'this' }

t.test('what was left behind, and what was not', async (t) => {
  const soon = '2026-01-01T00:01:00.000Z'
  const past = '2025-12-31T23:59:59.999Z'
  const other = { 'runonce.owner': 'other', 'runonce.boot': 'x' }
  const mine = { 'runonce.owner': 'me', 'runonce.boot': 'this' }
  const cases: Array<[string, Record<string, string>, string, number, boolean]> = [
    ['ours, running', { ...mine, 'runonce.expires': soon }, 'running', 300, false],
    ['ours, expired', { ...mine, 'runonce.expires': past }, 'running', 300, true],
    ['ours, expiring this very moment', { ...mine, 'runonce.expires': new Date(NOW).toISOString() }, 'running', 300, true],
    ['ours, of an earlier life', { 'runonce.owner': 'me', 'runonce.boot': 'earlier', 'runonce.expires': soon }, 'running', 1, true],
    ['ours, without a boot', { 'runonce.owner': 'me', 'runonce.expires': soon }, 'running', 1, true],
    ['another service\'s, running', { ...other, 'runonce.expires': soon }, 'running', 3000, false],
    ['another service\'s, expired', { ...other, 'runonce.expires': past }, 'running', 1, true],
    ['created just now', { ...other, 'runonce.expires': soon }, 'created', 59, false],
    ['created and not started for over a minute', { ...other, 'runonce.expires': soon }, 'created', 61, true],
    ['started long ago', { ...other, 'runonce.expires': soon }, 'running', 10_000, false],
    ['with an expiry that is none', { ...other, 'runonce.expires': 'soon' }, 'running', 1, true],
    ['without an expiry', other, 'running', 1, true]
  ]
  for (const [what, labels, state, ageSeconds, expected] of cases) {
    const container = { Labels: labels, State: state, Created: NOW / 1000 - ageSeconds } as unknown as Docker.ContainerInfo
    t.equal(isLeftBehind(container, IDENTITY, NOW), expected, what)
  }
})

t.test('a sweep removes what was left behind, by force, and nothing else', async (t) => {
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

t.test('a sweep that cannot reach the engine warns, and never throws', async (t) => {
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

t.test('a container that is gone, or going, counts as removed', async (t) => {
  for (const status of [204, 404, 409]) {
    const { engine, remover, lines } = await start(t)
    engine.on('DELETE /containers/*', status === 204 ? empty(204) : json(status, { message: 'no' }))
    await remover.remove('c1')
    t.equal(engine.made('DELETE', '/containers').length, 1, String(status))
    t.same(lines, [])
  }
})

t.test('a removal that fails is tried again', async (t) => {
  const { engine, remover, lines } = await start(t)
  engine.on('DELETE /containers/*', (call, response, request) => {
    (engine.made('DELETE', '/containers').length < 2 ? json(500, { message: 'busy' }) : empty(204))(call, response, request)
  })
  await remover.remove('c1')
  t.equal(engine.made('DELETE', '/containers').length, 2)
  t.same(lines, [])
})

t.test('a removal that goes on failing is left to the sweep, with a warning', async (t) => {
  const { engine, remover, lines } = await start(t)
  engine.on('DELETE /containers/*', json(500, { message: 'driver failed' }))
  let settled = false
  void remover.remove('c1')
  void remover.settled().then(() => { settled = true })
  await until(() => engine.made('DELETE', '/containers').length === 2)
  t.notOk(settled, 'shutdown waits for it')
  await until(() => settled)
  t.equal(engine.made('DELETE', '/containers').length, 4)
  t.match(lines.join(''), /driver failed/)
})

t.test('with DEBUG_KEEP_CONTAINER a container is killed and stays', async (t) => {
  const { engine, client, warn } = await start(t)
  engine.on('POST /containers/c1/kill', empty(204))
  await new Remover(client, { keep: true, warn }).remove('c1')
  t.match(engine.calls, [{ method: 'POST', path: '/containers/c1/kill' }])
})

async function start (t: { teardown: (work: () => void | Promise<void>) => void }) {
  const engine = await FakeEngine.start(t)
  const { logger, lines } = recordingLogger()
  const client = engine.client(t, 200)
  const warn = logger.warn.bind(logger)
  const remover = new Remover(client, { keep: false, warn })
  return { engine, client, warn, remover, lines, sweep: new Sweep({ engine: client, remover, identity: IDENTITY, log: logger }) }
}
