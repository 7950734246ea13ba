import t from 'tap'

import { Admission } from '../../../service/runs/admission.js'
import { serviceError } from '../fakes.js'

const NEVER = new AbortController().signal
const options = { concurrency: 1, queueSize: 10, queueTimeoutMs: 5000 }
const overloaded = serviceError({ statusCode: 503, slug: 'overloaded' })

t.test('closing waits for accepted runs and refuses new ones', async (t) => {
  const admission = new Admission(options)
  const release = await admission.enter('a', NEVER)
  const waits = admission.enter('a', NEVER)
  let closed = 0
  const closing = [admission.close(), admission.close()].map(async (close) => { await close; closed++ })
  await t.rejects(admission.enter('a', NEVER), { ...overloaded, message: /shutting down/ })
  release()
  const second = await waits
  await new Promise(setImmediate)
  t.equal(closed, 0, 'one run is still in progress')
  second()
  await Promise.all(closing)
  t.equal(closed, 2)
})

t.test('closing without runs completes immediately', async () => {
  await new Admission(options).close()
})

t.test('closing completes when the last waiting run leaves the queue', async (t) => {
  const admission = new Admission({ ...options, queueTimeoutMs: 10 })
  const release = await admission.enter('a', NEVER)
  const waits = admission.enter('a', NEVER)
  const closing = admission.close()
  await t.rejects(waits, overloaded)
  release()
  await closing
})
