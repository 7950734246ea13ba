import t from 'tap'

import { languageImage, until } from '../fakes.js'
import { MIB, startPool } from './start-pool.js'

const python = languageImage('python')
const pause = () => new Promise((resolve) => setTimeout(resolve, 50))

t.test('POOL_MEMORY includes the memory that the engine uses for each container', async (t) => {
  const { pool, factory } = await startPool(t, [python], { memoryBytes: 100 * MIB, max: 50 })
  factory.bytes = 10 * MIB
  factory.overhead = 15 * MIB
  for (let i = 0; i < 10; i++) await pool.lease(python)
  await until(() => pool.snapshot().images[0]?.idleBytes === 10 * MIB)
  await until(() => factory.alive(python).length === 4)
  await pause()
  t.equal(factory.alive(python).length, 4)
})

t.test('the containers of a shim that end together delay their replacement as one container does', async (t) => {
  const { pool, factory, clock, warnings } = await startPool(t, [python], { images: [python.ref], min: 8 })
  await until(() => pool.snapshot().ready === 8)
  for (const ready of factory.alive()) ready.end()
  await until(() => warnings.length === 8)
  clock.now += 500
  await until(() => pool.snapshot().ready === 8)
})
