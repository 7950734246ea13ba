import t from 'tap'

import { json } from '../fake-engine.js'
import { until } from '../fakes.js'
import { inspect, startCatalog } from './start-catalog.js'

t.test('an image is looked up once, until an event reports a change', async (t) => {
  const { engine, catalog, inspections, emit } = await startCatalog(t)
  engine.on('GET /images/runonce/python/json', inspect({}, 'sha256:old'))
  await Promise.all([catalog.describe('runonce/python'), catalog.describe('runonce/python')])
  await catalog.describe('runonce/python')
  t.equal(inspections(), 1)
  emit({ Type: 'container', Action: 'oom', Actor: { ID: 'x' } })
  engine.on('GET /images/runonce/python/json', inspect({}, 'sha256:new'))
  emit({ Type: 'image', Action: 'tag' })
  await until(async () => (await catalog.describe('runonce/python')).id === 'sha256:new')
  t.equal(inspections(), 2, 'an event of a container does not clear the cache')
})

t.test('errors are not cached', async (t) => {
  const { engine, catalog } = await startCatalog(t)
  await t.rejects(catalog.describe('runonce/python'))
  engine.on('GET /images/runonce/python/json', inspect({}))
  t.equal((await catalog.describe('runonce/python')).id, 'sha256:1')
})

t.test('images are not cached without the event stream', async (t) => {
  const { engine, catalog, inspections } = await startCatalog(t, undefined, false)
  engine.on('GET /images/runonce/python/json', inspect({})).on('GET /images/json', json(200, []))
  await catalog.describe('runonce/python')
  await catalog.describe('runonce/python')
  t.equal(inspections(), 2)
  await catalog.languages()
  await catalog.languages()
  t.equal(engine.made('GET', '/images/json').length, 2)
})

t.test('the loss of the event stream clears the cache', async (t) => {
  const { engine, events, catalog, inspections, breakOff } = await startCatalog(t)
  engine.on('GET /images/runonce/python/json', inspect({}))
  await catalog.describe('runonce/python')
  breakOff()
  await until(() => !events.connected)
  await catalog.describe('runonce/python')
  t.equal(inspections(), 2)
})

t.test('a burst of events causes one notification', async (t) => {
  const { catalog, emit } = await startCatalog(t)
  await new Promise((resolve) => setTimeout(resolve, 150))
  let notifications = 0
  catalog.onImagesChanged(() => { notifications++ })
  for (let i = 0; i < 20; i++) emit({ Type: 'image', Action: 'tag' })
  await until(() => notifications > 0)
  await new Promise((resolve) => setTimeout(resolve, 150))
  t.equal(notifications, 1)
})
