import { connect } from 'node:net'
import t from 'tap'

import { startService } from './kit.js'

void t.test('a connection that never sent a request does not hold the stop', async (t) => {
  const service = await startService(t)
  const silent = connect(Number(new URL(service.url).port), '127.0.0.1')
  silent.on('error', () => {})
  t.teardown(async () => { silent.destroy() })
  await new Promise((resolve) => silent.once('connect', resolve))
  const stoppedAt = Date.now()
  t.equal(await service.stop(), 0)
  t.ok(Date.now() - stoppedAt < 3000, `${Date.now() - stoppedAt} ms`)
})
