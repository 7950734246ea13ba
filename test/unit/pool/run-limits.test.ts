import t from 'tap'

import { languageImage, until } from '../fakes.js'
import { MIB, startPool } from './start-pool.js'

const python = languageImage('python')

t.test('a ready container gets the limits of the run if it uses at most half of the memory', async (t) => {
  const { pool, factory } = await startPool(t, [python], { images: [python.ref], min: 3 })
  await until(() => pool.snapshot().images[0]?.idleBytes === 10 * MIB && pool.snapshot().ready === 3)
  for (const limits of [{ memoryBytes: 20 * MIB }, { memoryBytes: 900 * MIB, processes: 9 }, { processes: 8 }]) t.equal((await pool.lease(python, limits)).pooled, true)
  t.same(factory.resized, [['ready0', { memoryBytes: 20 * MIB }], ['ready1', { memoryBytes: 900 * MIB, processes: 9 }], ['ready2', { processes: 8 }]])
  await pool.lease(python)
  t.equal(factory.resized.length, 3, 'a run without limits does not change a container')
})

t.test('a run with limits that are too low for a ready container gets a new one', async (t) => {
  const { pool, factory } = await startPool(t, [python], { images: [python.ref] })
  await until(() => pool.snapshot().images[0]?.idleBytes === 10 * MIB)
  t.equal((await pool.lease(python, { memoryBytes: 20 * MIB - 1 })).pooled, false)
  t.same([factory.resized, factory.coldLimits], [[], [{ memoryBytes: 20 * MIB - 1 }]])
  t.equal(pool.snapshot().ready, 1, 'the ready container stays in the pool')
})

t.test('a run with a memory limit uses a ready container only if its memory was measured and its image can be resized', async (t) => {
  const fixed = languageImage('java', { resizable: false })
  const { pool, factory } = await startPool(t, [fixed, python], { images: [fixed.ref, python.ref] })
  factory.measuring = new Promise(() => {})
  await until(() => pool.snapshot().ready === 2)
  for (const [image, limits] of [[python, { memoryBytes: 900 * MIB }], [fixed, { memoryBytes: 900 * MIB }], [fixed, { processes: 9 }]] as const) {
    t.equal((await pool.lease(image, limits)).pooled, false)
  }
})

t.test('a container whose limits cannot be changed is retired, and the run gets a new one with these limits', async (t) => {
  const { pool, factory } = await startPool(t, [python], { images: [python.ref] })
  await until(() => pool.snapshot().images[0]?.idleBytes === 10 * MIB)
  factory.canResize = false
  t.equal((await pool.lease(python, { memoryBytes: 64 * MIB })).pooled, false)
  t.equal(factory.prepared[0]?.retired, 1)
  t.same(factory.coldLimits, [{ memoryBytes: 64 * MIB }])
  t.match(pool.leases(), [{ hits: 0, misses: 1 }])
  await until(() => pool.snapshot().ready === 1)
})
