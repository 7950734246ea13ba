import t from 'tap'

import { Admission } from '../../../service/runs/admission.js'
import { serviceError } from '../fakes.js'

const NEVER = new AbortController().signal
const options = { concurrency: 1, queueSize: 10, queueTimeoutMs: 5000, backgroundConcurrency: 1 }
const overloaded = serviceError({ statusCode: 503, slug: 'overloaded' })

t.test('a background run waits until no other run waits', async (t) => {
  const admission = new Admission(options)
  const entered: string[] = []
  let release = await admission.enter('x', NEVER)
  const enter = async (name: string, background: boolean) => { release = await admission.enter(name, NEVER, { background }); entered.push(name) }
  const all = [enter('job', true), enter('run1', false), enter('run2', false)]
  t.equal(admission.waiting, 2, 'background runs are not counted')
  for (let i = 1; i <= 3; i++) {
    release()
    await new Promise(setImmediate)
  }
  await Promise.all(all)
  t.same(entered, ['run1', 'run2', 'job'])
})

t.test('background runs leave slots to other runs, and their tokens take turns', async (t) => {
  const admission = new Admission({ ...options, concurrency: 3 })
  const release = await admission.enter('a', NEVER, { background: true })
  const entered: string[] = []
  const enter = async (name: string) => {
    const done = await admission.enter(name[0] ?? '', NEVER, { background: true })
    entered.push(name)
    done()
  }
  const waiting = ['a1', 'a2', 'b1'].map(enter)
  const run = await admission.enter('c', NEVER)
  t.same([admission.running, entered], [2, []])
  run()
  await new Promise(setImmediate)
  t.same(entered, [], 'the limit for background runs applies to a slot that another run releases')
  release()
  await Promise.all(waiting)
  t.same(entered, ['a1', 'b1', 'a2'])
  t.equal(admission.running, 0)
})

t.test('closing refuses background runs that wait', async (t) => {
  const admission = new Admission(options)
  const release = await admission.enter('a', NEVER)
  const waiting = admission.enter('a', NEVER, { background: true })
  const closed = admission.close()
  await t.rejects(waiting, { ...overloaded, message: /shutting down/ })
  release()
  await closed
})

t.test('a background run that is aborted during its wait leaves the queue', async (t) => {
  const admission = new Admission(options)
  const release = await admission.enter('a', NEVER)
  const controller = new AbortController()
  const waiting = admission.enter('a', controller.signal, { background: true })
  controller.abort(new Error('gave way'))
  await t.rejects(waiting, { message: 'gave way' })
  release()
  t.equal(admission.running, 0)
})
