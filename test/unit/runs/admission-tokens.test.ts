import t from 'tap'

import { Admission } from '../../../service/runs/admission.js'
import { serviceError } from '../fakes.js'

const NEVER = new AbortController().signal

function start (limits: Record<string, number>, options = {}) {
  const admission = new Admission({ concurrency: 4, queueSize: 10, queueTimeoutMs: 5000, backgroundConcurrency: 4, concurrencyOf: (name) => limits[name] ?? Infinity, ...options })
  const entered: string[] = []
  const releases: Array<() => void> = []
  const enter = async (name: string, background = false) => {
    releases.push(await admission.enter(name[0] ?? '', NEVER, { background }))
    entered.push(name)
  }
  return { admission, limits, entered, enter, release: async () => { releases.shift()?.(); await new Promise(setImmediate) } }
}

t.test('runs above the limit of their token wait, and runs of other tokens start before them', async (t) => {
  const { admission, entered, enter, release } = start({ a: 1 })
  const all = [enter('a1'), enter('a2'), enter('b1'), enter('b2')]
  await new Promise(setImmediate)
  t.same(entered, ['a1', 'b1', 'b2'])
  t.same([admission.running, admission.waiting], [3, 1])
  await release()
  t.same(entered, ['a1', 'b1', 'b2', 'a2'])
  while (admission.running > 0) await release()
  await Promise.all(all)
})

t.test('a full service admits the next run whose token is below its limit', async (t) => {
  const { admission, entered, enter, release } = start({ a: 1 }, { concurrency: 2 })
  const all = [enter('a1'), enter('b1'), enter('a2'), enter('b2'), enter('b3')]
  await new Promise(setImmediate)
  await release()
  t.same(entered, ['a1', 'b1', 'a2'], 'a1 was released')
  await release()
  t.same(entered, ['a1', 'b1', 'a2', 'b2'], 'b1 was released')
  await release()
  t.same(entered, ['a1', 'b1', 'a2', 'b2', 'b3'])
  while (admission.running > 0) await release()
  await Promise.all(all)
})

t.test('runs that wait for their token\'s limit do not stop background runs of other tokens', async (t) => {
  const { admission, entered, enter, release } = start({ a: 1 })
  const all = [enter('a1'), enter('a2'), enter('a3', true), enter('b1', true)]
  await new Promise(setImmediate)
  t.same(entered, ['a1', 'b1'])
  t.same([admission.hasBackgroundSlot('a'), admission.hasBackgroundSlot('b')], [false, true])
  await release()
  t.same(entered, ['a1', 'b1', 'a2'])
  await release()
  await release()
  t.same(entered, ['a1', 'b1', 'a2', 'a3'])
  await release()
  await Promise.all(all)
  t.equal(admission.running, 0)
})

t.test('a raised limit admits runs that wait', async (t) => {
  const { admission, limits, entered, enter, release } = start({ a: 1 })
  const all = [enter('a1'), enter('a2'), enter('a3'), enter('a4')]
  await new Promise(setImmediate)
  limits.a = 3
  admission.admitWaiting()
  await new Promise(setImmediate)
  t.same(entered, ['a1', 'a2', 'a3'])
  while (admission.running > 0) await release()
  await Promise.all(all)
  t.same(entered, ['a1', 'a2', 'a3', 'a4'])
})

t.test('a run that waits too long for the limit of its token is refused', async (t) => {
  const { admission, enter, release } = start({ a: 1 }, { queueTimeoutMs: 10 })
  await enter('a1')
  await t.rejects(enter('a2'), serviceError({ statusCode: 503, slug: 'overloaded', message: /waited too long/ }))
  await release()
  t.same([admission.running, admission.waiting], [0, 0])
})

t.test('one release admits all runs that can start', async (t) => {
  const { admission, entered, enter, release } = start({ a: 1 }, { backgroundConcurrency: 1 })
  const all = [enter('a1', true), enter('a2'), enter('b1', true)]
  await new Promise(setImmediate)
  t.same(entered, ['a1'], 'a2 waits for the limit of its token, and b1 for the background slot')
  await release()
  t.same(entered, ['a1', 'a2', 'b1'])
  while (admission.running > 0) await release()
  await Promise.all(all)
})

t.test('the pool can use free cores while runs wait only for the limit of their token', async (t) => {
  const { admission, enter, release } = start({ a: 1 }, { concurrency: 2 })
  const { slotLoad } = admission
  const all = [enter('a1'), enter('a2'), enter('a3')]
  await new Promise(setImmediate)
  t.same([slotLoad.running, slotLoad.waiting, admission.waiting], [1, 0, 2])
  all.push(enter('b1'), enter('b2'))
  await new Promise(setImmediate)
  t.same([slotLoad.running, slotLoad.waiting], [2, 3], 'all slots are in use')
  while (admission.running > 0) await release()
  await Promise.all(all)
})
