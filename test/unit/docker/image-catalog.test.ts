import t from 'tap'

import { json } from '../fake-engine.js'
import { serviceError } from '../fakes.js'
import { inspect, LABELS, startCatalog } from './start-catalog.js'

t.test('patterns allow only matching names', async (t) => {
  const cases: Array<[string[], string[], string[]]> = [
    [['runonce/*'], ['runonce/python', 'runonce/python:latest', 'runonce/c@sha256:abc', 'runonce/a.b-c_d'],
      ['runonce', 'runonce/', 'runonce/a/b', 'xrunonce/a', 'glot/a', 'evil/runonce/a', 'RUNONCE/a', 'runonce/a:b/c', 'runonce/..', 'runonce/../evil']],
    [['runonce/python'], ['runonce/python', 'runonce/python:3', 'runonce/python@sha256:a'], ['runonce/pythonx', 'runonce/pytho', 'runonce/python/x']],
    [['runonce/python:latest'], ['runonce/python:latest'], ['runonce/python', 'runonce/python:late', 'runonce/python:latest2']],
    [['runonce/*:latest'], ['runonce/a:latest'], ['runonce/a', 'runonce/a:1']],
    [['registry.example:5000/team/*'], ['registry.example:5000/team/x', 'registry.example:5000/team/x:1'], ['registryxexample:5000/team/x', 'team/x']],
    [['a.b/x+y'], [], ['a.b/xxy', 'aXb/x+y']],
    [['*'], ['busybox', 'busybox:1'], ['a/b']],
    [[], [], ['runonce/python']]
  ]
  for (const [patterns, yes, no] of cases) {
    const { engine, catalog } = await startCatalog(t, patterns)
    engine.on('GET /images/*', inspect({}))
    for (const ref of yes) t.equal((await catalog.describe(ref)).ref, ref, `${patterns}: ${ref}`)
    for (const ref of no) await t.rejects(catalog.describe(ref), serviceError({ statusCode: 403, slug: 'image.not_allowed' }), `${patterns}: not ${ref}`)
  }
})

t.test('a name with invalid characters is not allowed, and is not sent to the engine', async (t) => {
  const { engine, catalog } = await startCatalog(t)
  for (const ref of ['runonce/a?x=1', 'runonce/a%2f..%2f..%2fx', 'runonce/%70ython', 'runonce/a b', 'runonce/a\n', 'runonce/é', 'runonce/a#b', 'runonce/a\0', 'runonce/a\\b', 'runonce/*']) {
    await t.rejects(catalog.describe(ref), serviceError({ slug: 'image.not_allowed' }), JSON.stringify(ref))
  }
  t.equal(engine.made('GET', '/images').length, 0)
})

t.test('a name that is designed to match slowly is rejected quickly', async (t) => {
  const { catalog } = await startCatalog(t)
  const startedAt = performance.now()
  for (const ref of [`runonce/${':'.repeat(500_000)}/`, `runonce/${'@'.repeat(500_000)}/`]) {
    await t.rejects(catalog.describe(ref), serviceError({ slug: 'image.not_allowed' }))
  }
  t.ok(performance.now() - startedAt < 1000, `${Math.round(performance.now() - startedAt)} ms`)
})

t.test('an image\'s description comes from its labels', async (t) => {
  const { engine, catalog } = await startCatalog(t)
  engine.on('GET /images/runonce/python:latest/json', inspect({ Labels: LABELS, User: 'glot' }))
  t.same(await catalog.describe('runonce/python:latest'), {
    ref: 'runonce/python:latest',
    id: 'sha256:1',
    user: 'glot',
    memoryBytes: 536_870_912,
    processes: 200,
    language: {
      protocol: 1, name: 'python', aliases: ['py', 'py3'], listed: [], version: '3.13.5', main: 'main.py', hello: 'print("Hello World!")\n', interactive: true, resizable: true, builds: true
    }
  })
})

t.test('an image of a later version implements the protocol', async (t) => {
  const { engine, catalog } = await startCatalog(t)
  engine.on('GET /images/glot/x:2/json', inspect({ Labels: { ...LABELS, 'runonce.protocol': '2' } }))
  t.match(await catalog.describe('glot/x:2'), { language: { protocol: 2, name: 'python' } })
})

t.test('an image without the protocol label is foreign; invalid numbers are ignored', async (t) => {
  const { engine, catalog } = await startCatalog(t)
  for (const [n, config] of [{}, { Labels: null }, { Labels: { ...LABELS, 'runonce.protocol': '0' } }, { Labels: { ...LABELS, 'runonce.protocol': '2x' } }].entries()) {
    engine.on(`GET /images/glot/x:${n}/json`, inspect(config))
    t.match(await catalog.describe(`glot/x:${n}`), { language: undefined, user: '' })
  }
  for (const [n, value] of ['0', '-1', '1.5', 'x', '', '1e400'].entries()) {
    engine.on(`GET /images/glot/y:${n}/json`, inspect({ Labels: { ...LABELS, 'runonce.memory': value } }))
    t.equal((await catalog.describe(`glot/y:${n}`)).memoryBytes, undefined, value)
  }
})

t.test('a missing image returns 400, a missing engine 500', async (t) => {
  const { engine, catalog } = await startCatalog(t)
  engine.on('GET /images/runonce/x/json', json(404, { message: 'No such image: runonce/x:latest' }))
  await t.rejects(catalog.describe('runonce/x'), serviceError({ statusCode: 400, slug: 'docker.container.create', message: 'The engine has no image runonce/x' }))
  engine.on('GET /images/runonce/slow/json', () => {})
  await t.rejects(catalog.describe('runonce/slow'), serviceError({ statusCode: 500, slug: 'docker.container.create', message: /did not respond/ }))
  engine.on('GET /images/runonce/broken/json', json(500, { message: 'no space left on device' }))
  await t.rejects(catalog.describe('runonce/broken'), serviceError({ statusCode: 500, slug: 'docker.container.create' }))
  await engine.stop()
  // Waits until the client has detected the end of its idle connections.
  await new Promise((resolve) => setTimeout(resolve, 20))
  await t.rejects(catalog.describe('runonce/y'), serviceError({ statusCode: 500, slug: 'docker.unixsocket' }))
})

t.test('images that Podman built have localhost/ before their names', async (t) => {
  for (const patterns of [['runonce/*'], ['localhost/runonce/*']]) {
    const { engine, catalog } = await startCatalog(t, patterns)
    engine.on('GET /images/localhost/runonce/python:latest/json', inspect({ Labels: LABELS }, 'sha256:podman'))
    engine.on('GET /images/json', json(200, [
      { RepoTags: ['localhost/runonce/python:latest'], Labels: LABELS }, { RepoTags: ['localhost/evil/c:latest'], Labels: { ...LABELS, 'runonce.language': 'c' } }
    ]))
    t.match(await catalog.languages(), [{ ref: 'runonce/python:latest', id: 'sha256:podman', language: { name: 'python' } }], patterns.join())
    for (const ref of ['runonce/python:latest', 'localhost/runonce/python:latest']) t.match(await catalog.describe(ref), { ref, id: 'sha256:podman' })
    for (const ref of ['localhost/evil/c', 'localhost/localhost/runonce/c', 'registry/runonce/c']) {
      await t.rejects(catalog.describe(ref), serviceError({ slug: 'image.not_allowed' }), ref)
    }
    await t.rejects(catalog.describe('runonce/none'), serviceError({ statusCode: 400, message: 'The engine has no image runonce/none' }))
  }
})

t.test('languages are the allowed images with the protocol label and the tag latest, sorted', async (t) => {
  const { engine, catalog } = await startCatalog(t, ['runonce/*'])
  const listed = (language: string, ...tags: string[]) => ({ RepoTags: tags, Labels: { 'runonce.protocol': '1', 'runonce.language': language } })
  engine.on('GET /images/json', json(200, [
    listed('ruby', 'runonce/ruby:latest', 'runonce/ruby:3'), listed('c', 'runonce/c:latest'), listed('go', 'evil/go:latest'), listed('d', 'runonce/d:old'),
    { RepoTags: null, Labels: null }, { RepoTags: ['<none>:<none>'], Labels: { 'runonce.language': 'x' } }
  ]))
  engine.on('GET /images/runonce/*', inspect({ Labels: LABELS }))
  t.same((await catalog.languages()).map(({ ref }) => ref), ['runonce/c:latest', 'runonce/ruby:latest'])
  t.match(engine.made('GET', '/images/json')[0]?.query.get('filters'), '{"label":["runonce.protocol"]}')
  await catalog.languages()
  t.equal(engine.made('GET', '/images/json').length, 1, 'the list is cached')
})

t.test('an image that is removed while the languages are being listed is skipped', async (t) => {
  const { engine, catalog } = await startCatalog(t)
  const listed = (language: string) => ({ RepoTags: [`runonce/${language}:latest`], Labels: { 'runonce.language': language } })
  engine.on('GET /images/json', json(200, [listed('c'), listed('gone')]))
  engine.on('GET /images/runonce/c:latest/json', inspect({ Labels: LABELS }))
  t.same((await catalog.languages()).map(({ ref }) => ref), ['runonce/c:latest'])
})
