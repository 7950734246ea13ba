import t from 'tap'

import { DeferredObserver } from '../../../service/runs/deferred-observer.js'
import type { RunRecord } from '../../../service/runs/status-ports.js'
import { FakeObserver, until } from '../fakes.js'

const RECORD = { requestId: 'r' } as RunRecord
const SUBMISSION = { requestId: 'r', tokenName: 'default', image: 'x', payload: Buffer.from('{}') }

t.test('observers are notified in order, after the current iteration of the event loop', async (t) => {
  const observer = new FakeObserver()
  const deferred = new DeferredObserver({ observers: [observer], log: { error: () => {} } })
  deferred.submitted(SUBMISSION)
  deferred.finished(RECORD)
  await Promise.resolve()
  t.same([observer.submissions.length, observer.records.length], [0, 0], 'no observer is notified in the iteration that writes the response')
  await until(() => observer.records.length === 1)
  t.same([observer.submissions, observer.records], [[SUBMISSION], [RECORD]])
})

t.test('the error of an observer is logged, and other observers are still notified', async (t) => {
  const errors: object[] = []
  const [broken, sound] = [new FakeObserver(), new FakeObserver()]
  broken.finished = () => { throw new Error('no') }
  const deferred = new DeferredObserver({ observers: [broken, sound], log: { error: (details) => { errors.push(details) } } })
  deferred.finished(RECORD)
  await until(() => sound.records.length === 1)
  t.match(errors, [{ err: { message: 'no' } }])
})
