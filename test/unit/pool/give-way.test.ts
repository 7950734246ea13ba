import t from 'tap'

import { languageImage, until } from '../fakes.js'
import { startPool, type FakeReady } from './start-pool.js'

const python = languageImage('python')
const ruby = languageImage('ruby')
const java = languageImage('java')
const pause = () => new Promise((resolve) => setTimeout(resolve, 30))

t.test('the least recently requested image is evicted', async (t) => {
  const { pool, factory, clock } = await startPool(t, [python, ruby], { max: 1 })
  await pool.lease(python)
  await until(() => factory.alive(python).length === 1)
  clock.now += 1000
  await pool.lease(ruby)
  await until(() => factory.alive(ruby).length === 1)
  t.equal(factory.alive(python).length, 0)
})

t.test('an evicted image does not block other images', async (t) => {
  const { pool, factory, clock } = await startPool(t, [python, ruby, java], { max: 1 })
  for (const image of [python, ruby, java]) {
    clock.now += 10
    await pool.lease(image)
    await until(() => factory.alive(image).length === 1)
  }
  t.equal(factory.alive().length, 1)
})

t.test('refills do not start while every core has a run or a run is queued', async (t) => {
  const { pool, factory, load } = await startPool(t, [python])
  for (const [running, waiting] of [[4, 0], [1, 1]] as const) {
    Object.assign(load, { running, waiting })
    await pool.lease(python)
    await pause()
    t.equal(factory.prepared.length, 0, `${running} running, ${waiting} waiting`)
  }
  Object.assign(load, { running: 3, waiting: 0 })
  await until(() => factory.prepared.length > 0)
})

t.test('long runs on every core do not prevent the first ready container of an image', async (t) => {
  const { pool, factory, load, clock } = await startPool(t, [python, ruby], { images: [python.ref, ruby.ref], min: 2 })
  await until(() => pool.snapshot().ready === 4)
  Object.assign(load, { running: 4, waiting: 3 })
  for (let i = 0; i < 2; i++) (await pool.lease(python) as FakeReady).end()
  await pause()
  clock.now += 1_000
  await pause()
  t.equal(factory.alive(python).length, 0, 'runs have priority at first')
  clock.now += 60_000
  await until(() => factory.alive(python).length === 1)
  await pause()
  t.equal(factory.alive(python).length, 1, 'the refill starts only one container instead of the whole target')
  t.equal(factory.alive(ruby).length, 2, 'an image with ready containers does not get more')
  for (const sandbox of factory.alive(python)) sandbox.end()
  await pool.lease(python)
  await pause()
  t.equal(factory.alive(python).length, 0, 'the next refill waits again')
})

t.test('the number of concurrent refills is at most half the number of cores', async (t) => {
  const { pool, factory } = await startPool(t, [python])
  factory.gate = pause() as Promise<never>
  for (let i = 0; i < 8; i++) await pool.lease(python)
  await until(() => pool.snapshot().ready === 8)
  t.equal(factory.mostAtOnce, 2)
})
