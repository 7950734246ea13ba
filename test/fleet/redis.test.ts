import t from 'tap'

import { RedisServer } from '../jobs/redis-server.js'
import { RUN, startMachine, until } from './machine.js'

/** Runs per client before the limit. */
const ALLOWED = 3
const LIMITED = { RATE_LIMIT_TOKEN_MAX: String(ALLOWED), RATE_LIMIT_WINDOW: '600' }
/** Longer than the timeout of a Redis command, and shorter than any wait for a Redis that is stopped. */
const SOON_MS = 5000

void t.test('limits are off while Redis is stopped, and on again when it continues', async (t) => {
  const redis = await RedisServer.start(t)
  const machine = await startMachine(t, { ...LIMITED, REDIS_URL: redis.url })
  const run = async () => (await machine.request('/run', RUN)).status
  await until(async () => await run() === 429, 'the limit')

  redis.signal('SIGSTOP')
  for (let i = 0; i < ALLOWED; i++) {
    const startedAt = performance.now()
    t.equal(await run(), 200, 'a run succeeds')
    t.ok(performance.now() - startedAt < SOON_MS, 'the run does not wait for Redis')
  }
  t.equal((await machine.request('/readyz')).status, 200)
  t.match(machine.log, /redis does not respond/)

  redis.signal('SIGCONT')
  await until(async () => await run() === 429, 'the limit')
  t.match(machine.log, /redis responds again/)
})

void t.test('a Redis that is stopped when the service starts does not delay the start, runs or the stop', async (t) => {
  const redis = await RedisServer.start(t)
  redis.signal('SIGSTOP')
  const machine = await startMachine(t, { ...LIMITED, REDIS_URL: redis.url })
  for (let i = 0; i <= ALLOWED; i++) t.equal((await machine.request('/run', RUN)).status, 200)
  const startedAt = performance.now()
  t.equal(await machine.stop(), 0)
  t.ok(performance.now() - startedAt < SOON_MS, 'the stop does not wait for Redis')
})
