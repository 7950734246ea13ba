import t from 'tap'

import type { Callback } from '../../../../../service/runs/job-ports.js'
import { gate, until } from '../../../fakes.js'
import { startJudge0 } from './start.js'

const HOOK = 'https://hooks.example.com/done'
const LOST = 'the callback of a submission is lost'

/** Stores callbacks only while `redis` is open, as with a Redis server that does not respond. */
function startCallbacks () {
  const sent: Callback[] = []
  const redis = gate()
  const callbacks = {
    attempts: 3,
    timeoutMs: 1000,
    check: () => {},
    send: async (callback: Callback) => {
      sent.push(callback)
      await redis.opened
    }
  }
  return { callbacks, sent, redis }
}

t.test('while Redis does not respond, callbacks wait in memory up to COMPAT_RESULTS_MEMORY', async (t) => {
  const { callbacks, sent, redis } = startCallbacks()
  const service = await startJudge0(t, { callbacks, env: { COMPAT_RESULTS_MEMORY: '10000' } })
  service.result({ stdout: 'x'.repeat(4000) })
  const first = await service.wait({ callback_url: HOOK })
  await service.wait({ callback_url: HOOK })
  t.match(sent, [{ tokenName: 'default', id: first.token, url: HOOK }])
  t.equal(service.lines.filter((line) => line.includes(LOST)).length, 1)
  redis.open()
  await until(async () => {
    await service.wait({ callback_url: HOOK })
    return sent.length > 1
  })
})

t.test('a submission without callback_url has no callback', async (t) => {
  const { callbacks, sent } = startCallbacks()
  const service = await startJudge0(t, { callbacks })
  await service.wait()
  t.same(sent, [])
})
