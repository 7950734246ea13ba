import t from 'tap'

import { gate, languageImage, until } from '../fakes.js'
import { FakeReady, MIB, startPool } from './start-pool.js'
import { ImagePool } from '../../../service/pool/image-pool.js'

const python = languageImage('python')
const ruby = languageImage('ruby')
const pause = () => new Promise((resolve) => setTimeout(resolve, 30))

t.test('the memory of a container with a running program does not count as the memory of a ready container', async (t) => {
  const { pool, factory } = await startPool(t, [python])
  const measuring = gate()
  factory.measuring = measuring.opened
  factory.bytes = 20 * MIB
  await pool.lease(python)
  await until(() => pool.snapshot().ready === 1)
  const leased = await pool.lease(python) as FakeReady
  t.ok(leased.pooled)
  leased.bytes = 256 * MIB
  measuring.open()
  await pause()
  t.ok((pool.snapshot().images[0]?.idleBytes ?? 0) < 100 * MIB)
  leased.end()
  await pool.lease(python)
  await until(() => pool.snapshot().images[0]?.idleBytes === 20 * MIB, 'the measurement of the next container')
})

t.test('a container whose stream ended before it was ready is retired', async (t) => {
  const { pool, factory, warnings } = await startPool(t, [python])
  factory.warmAtOnce = false
  await pool.lease(python)
  await until(() => factory.prepared.length === 1)
  factory.prepared[0]?.end()
  await until(() => warnings.length === 1)
  t.equal(factory.prepared[0]?.retired, 1)
})

t.test('a ready container whose stream has ended is retired by the next lease', async (t) => {
  const images = new ImagePool(python, 1000)
  const [dead, alive] = [new FakeReady('dead', python, true, true), new FakeReady('alive', python, true, true)]
  images.ready.push({ sandbox: dead, sinceMs: 0 }, { sandbox: alive, sinceMs: 0 })
  dead.ended = true
  t.equal(images.take(), alive)
  t.same([dead.retired, alive.retired], [1, 0])
})

t.test('an older lookup of images does not undo a newer one', async (t) => {
  const { pool, factory, images } = await startPool(t, [python], { images: [python.ref] })
  await until(() => pool.snapshot().ready === 1)
  const rebuilt = { ...python, id: 'sha256:rebuilt' }
  const [first, second] = [gate(), gate()]
  // The first lookup is delayed after it has read its result. The second lookup is quick.
  const describe = images.describe.bind(images)
  const answers = [async () => { await first.opened; return python }, async () => { await second.opened; return rebuilt }]
  images.describe = async (ref) => await (answers.shift()?.() ?? describe(ref))
  images.present.splice(0, 1, rebuilt)
  images.changed()
  images.changed()
  second.open()
  await pause()
  first.open()
  await until(() => factory.alive(rebuilt).length === 1 && factory.alive(python).length === 0)
  await pause()
  t.same([factory.alive(rebuilt).length, factory.alive(python).length], [1, 0])
})

t.test('only one lookup runs at a time, even if the engine is slow', async (t) => {
  const { images } = await startPool(t, [python], { images: [python.ref] })
  const hung = gate()
  images.gate = hung.opened
  const before = images.described.length
  for (let i = 0; i < 20; i++) images.changed()
  await pause()
  t.equal(images.described.length, before + 1)
  hung.open()
  await until(() => images.described.length === before + 2, 'another lookup for changes during the first lookup')
})

t.test('an image that is first used during a lookup keeps its pool', async (t) => {
  const { pool, factory, images } = await startPool(t, [python, ruby], { images: [python.ref] })
  await until(() => pool.snapshot().ready === 1)
  const asking = gate()
  images.gate = asking.opened
  images.changed()
  await pool.lease(ruby)
  await until(() => factory.alive(ruby).length === 1)
  asking.open()
  await pause()
  t.equal(factory.alive(ruby).length, 1)
  t.ok(pool.snapshot().images.some(({ image }) => image === ruby.ref))
})

t.test('setting the wall clock back does not delay refills', async (t) => {
  const now = Date.now
  let setBackMs = 0
  Date.now = () => now() - setBackMs
  t.teardown(() => { Date.now = now })
  const { pool, factory, warnings } = await startPool(t, [python], {}, { realClock: true })
  factory.fail = new Error('no space left on device')
  await pool.lease(python)
  await until(() => warnings.length === 1)
  factory.fail = undefined
  setBackMs = 3_600_000
  for (const end = performance.now() + 1900; performance.now() < end && pool.snapshot().ready === 0;) await pause()
  t.equal(pool.snapshot().ready, 1)
})
