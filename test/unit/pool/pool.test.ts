import t from 'tap'

import { imageNotAllowed, engineUnreachable } from '../../../service/errors.js'
import { foreignImage, languageImage, until } from '../fakes.js'
import { MIB, startPool, type FakeReady } from './start-pool.js'

const python = languageImage('python')
const ruby = languageImage('ruby')
const java = languageImage('java')
const pause = () => new Promise((resolve) => setTimeout(resolve, 30))

t.test('images in POOL_IMAGES have POOL_MIN ready containers from the start', async (t) => {
  const { pool, factory } = await startPool(t, [python, ruby, java], { images: [python.ref, ruby.ref], min: 2 })
  await until(() => pool.snapshot().ready === 4)
  t.equal(factory.alive(python).length, 2)
  t.equal(factory.alive(ruby).length, 2)
  t.equal(factory.alive(java).length, 0)
})

t.test('without POOL_IMAGES, images with the label runonce.interactive have ready containers', async (t) => {
  const called = languageImage('bash', { interactive: true })
  const { pool, factory } = await startPool(t, [python, called], { images: undefined })
  await until(() => pool.snapshot().ready === 1)
  t.equal(factory.prepared[0]?.image.id, called.id)
})

t.test('leases return the oldest container, each container once, and a refill follows the end of a run', async (t) => {
  const { pool, factory } = await startPool(t, [python], { images: [python.ref], min: 2 })
  await until(() => pool.snapshot().ready === 2)
  const first = await pool.lease(python)
  const second = await pool.lease(python)
  t.equal(first, factory.prepared[0])
  t.equal(second, factory.prepared[1])
  ;(first as FakeReady).end()
  await until(() => factory.alive().length === 3)
  t.not(await pool.lease(python), first)
  t.equal(factory.cold.length, 0)
})

t.test('without a ready container a lease creates one', async (t) => {
  const { pool, factory } = await startPool(t, [python])
  const sandbox = await pool.lease(python)
  t.equal(sandbox, factory.cold[0])
  t.equal(pool.snapshot().images[0]?.misses, 1)
})

t.test('the first lease of an image causes refills, and the containers are retired when the image is no longer used', async (t) => {
  const { pool, factory, clock } = await startPool(t, [python], { idleTtlMs: 60_000 })
  await pool.lease(python)
  await until(() => factory.alive(python).length === 1)
  clock.now += 59_000
  await pause()
  t.equal(factory.alive(python).length, 1)
  clock.now += 2_000
  await until(() => factory.alive(python).length === 0)
  await until(() => pool.snapshot().images.length === 0)
})

t.test('a burst raises the target to its size, within POOL_MAX', async (t) => {
  const { pool, factory } = await startPool(t, [python], { max: 6 })
  for (let i = 0; i < 10; i++) await pool.lease(python)
  await until(() => factory.alive(python).length === 6)
  await pause()
  t.equal(factory.alive(python).length, 6)
})

t.test('ready containers stay within POOL_MEMORY, before and after their memory is measured', async (t) => {
  const { pool, factory } = await startPool(t, [python], { memoryBytes: 100 * MIB, max: 50 })
  factory.bytes = 40 * MIB
  for (let i = 0; i < 10; i++) await pool.lease(python)
  await until(() => pool.snapshot().images[0]?.idleBytes === 40 * MIB)
  await until(() => factory.alive(python).length === 2)
  await pause()
  t.equal(factory.alive(python).length, 2)
})

t.test('a container counts as ready only after it is warm', async (t) => {
  const { pool, factory } = await startPool(t, [python])
  factory.warmAtOnce = false
  await pool.lease(python)
  await until(() => factory.prepared.length === 1)
  await pause()
  t.equal(pool.snapshot().ready, 0)
  factory.prepared[0]?.warm()
  await until(() => pool.snapshot().ready === 1)
})

t.test('a ready container that dies is never leased, and its replacement is delayed longer each time', async (t) => {
  const { pool, factory, clock, warnings } = await startPool(t, [python], { images: [python.ref] })
  for (let deaths = 1; deaths <= 3; deaths++) {
    await until(() => factory.alive().length === 1 && pool.snapshot().ready === 1)
    factory.alive()[0]?.end()
    await until(() => warnings.length === deaths)
    await pause()
    t.equal(factory.alive().length, 0, 'not immediately')
    clock.now += 500 * 2 ** (deaths - 1)
  }
  await until(() => pool.snapshot().ready === 1)
  t.equal(await pool.lease(python), factory.prepared[3])
})

t.test('a failed refill is retried later', async (t) => {
  const { pool, factory, clock, warnings } = await startPool(t, [python])
  factory.fail = new Error('no space left on device')
  await pool.lease(python)
  await until(() => warnings.length === 1)
  await pause()
  t.equal(warnings.length, 1)
  factory.fail = undefined
  clock.now += 500
  await until(() => pool.snapshot().ready === 1)
})

t.test('a ready container is replaced before it exceeds POOL_MAX_AGE', async (t) => {
  const { pool, factory, clock } = await startPool(t, [python], { images: [python.ref], maxAgeMs: 10_000 })
  await until(() => pool.snapshot().ready === 1)
  clock.now += 10_000
  await until(() => factory.prepared.length === 2 && pool.snapshot().ready === 1)
  t.equal(factory.prepared[0]?.retired, 1)
  t.equal(factory.prepared[1]?.retired, 0)
})

t.test('when a tag moves, containers of the old image are retired', async (t) => {
  const { pool, factory, images } = await startPool(t, [python], { images: [python.ref] })
  await until(() => pool.snapshot().ready === 1)
  const rebuilt = { ...python, id: 'sha256:rebuilt' }
  images.present.splice(0, 1, rebuilt)
  images.changed()
  await until(() => factory.alive(rebuilt).length === 1)
  t.equal(factory.alive(python).length, 0)
})

t.test('ready containers of a removed image are retired; if the image returns, the pool is refilled', async (t) => {
  const { pool, factory, images } = await startPool(t, [python], { images: [python.ref] })
  await until(() => pool.snapshot().ready === 1)
  images.fail = imageNotAllowed(python.ref, [])
  images.changed()
  await until(() => factory.alive().length === 0)
  images.fail = undefined
  images.changed()
  await until(() => pool.snapshot().ready === 1)
})

t.test('the pool retries at startup until the engine responds', async (t) => {
  const { pool, images } = await startPool(t, [python], { images: [python.ref] })
  images.fail = engineUnreachable('gone')
  images.changed()
  await pause()
  images.fail = undefined
  await until(() => pool.snapshot().ready === 1)
})

t.test('closing retires all ready containers, and containers that become ready later', async (t) => {
  const { pool, factory } = await startPool(t, [python], { images: [python.ref] })
  await until(() => pool.snapshot().ready === 1)
  factory.gate = pause() as Promise<never>
  ;(await pool.lease(python) as FakeReady).end()
  await until(() => factory.preparing === 1)
  await pool.close()
  t.equal(factory.prepared.length, 2, 'closing waits for the refill in progress')
  t.equal(factory.alive().length, 0)
  t.equal((await pool.lease(python)).pooled, false, 'leases create new containers')
})

t.test('with POOL_MAX=0, and for foreign images, no containers are kept ready', async (t) => {
  const off = await startPool(t, [python], { images: [python.ref], max: 0 })
  await off.pool.lease(python)
  const on = await startPool(t, [])
  await on.pool.lease(foreignImage())
  await pause()
  t.equal(off.factory.prepared.length + on.factory.prepared.length, 0)
})
