import { getEventListeners } from 'node:events'

import t from 'tap'

import { ServiceError } from '../../../service/errors.js'
import { Admission } from '../../../service/runs/admission.js'
import { serviceError } from '../fakes.js'

const NEVER = new AbortController().signal
const options = { concurrency: 1, queueSize: 10, queueTimeoutMs: 5000 }
const overloaded = serviceError({ statusCode: 503, slug: 'overloaded' })

t.test('runs that exceed the limit are queued, and runs that exceed the queue size are refused immediately', async (t) => {
  const admission = new Admission({ ...options, concurrency: 2, queueSize: 1 })
  const releases = [await admission.enter('a', NEVER), await admission.enter('a', NEVER)]
  const third = admission.enter('a', NEVER)
  t.same([admission.running, admission.waiting], [2, 1])
  await t.rejects(admission.enter('a', NEVER), { ...overloaded, message: /queue is full/ })
  releases[0]?.()
  releases.push(await third)
  t.same([admission.running, admission.waiting], [2, 0])
  for (const release of releases) release()
  t.same([admission.running, admission.waiting], [0, 0])
})

t.test('one token cannot fill a shared queue', async (t) => {
  const admission = new Admission({ ...options, queueSize: 8, isShared: () => true })
  const runs = [admission.enter('flood', NEVER)]
  for (let i = 0; i < 6; i++) runs.push(admission.enter('flood', NEVER))
  t.equal(admission.waiting, 6)
  await t.rejects(admission.enter('flood', NEVER), { ...overloaded, message: /share of the run queue/ })
  for (const token of ['a', 'b']) runs.push(admission.enter(token, NEVER))
  t.equal(admission.waiting, 8)
  await t.rejects(admission.enter('c', NEVER), { ...overloaded, message: /queue is full/ })
  const settled = runs.map(async (run) => { (await run)() })
  await Promise.all(settled)
  t.same([admission.running, admission.waiting], [0, 0])
})

t.test('the only token in the queue may fill it', async (t) => {
  const admission = new Admission({ ...options, queueSize: 8 })
  const runs = Array.from({ length: 9 }, () => admission.enter('a', NEVER))
  t.equal(admission.waiting, 8)
  for (const run of runs) (await run)()
})

t.test('without a queue a run is admitted or refused', async (t) => {
  const admission = new Admission({ ...options, queueSize: 0 })
  const release = await admission.enter('a', NEVER)
  await t.rejects(admission.enter('b', NEVER), overloaded)
  release()
  t.ok(await admission.enter('b', NEVER))
})

t.test('runs of one token are admitted in order of arrival', async (t) => {
  t.same(await order(['a1', 'a2', 'a3', 'a4']), ['a1', 'a2', 'a3', 'a4'])
})

t.test('tokens take turns, so that one token\'s flood does not starve another', async (t) => {
  t.same(await order(['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'c2']), ['a1', 'b1', 'c1', 'a2', 'c2', 'a3', 'a4'])
})

t.test('a new token is served after waiting tokens', async (t) => {
  const admission = new Admission(options)
  const entered: string[] = []
  let release = await admission.enter('x', NEVER)
  const enter = async (name: string) => { release = await admission.enter(name[0] ?? '', NEVER); entered.push(name) }
  const all = [enter('a1'), enter('a2'), enter('b1')]
  release()
  await all[0]
  all.push(enter('c1'))
  while (entered.length < 4) {
    release()
    await new Promise(setImmediate)
  }
  t.same(entered, ['a1', 'b1', 'a2', 'c1'])
})

t.test('a run that waits too long is refused and leaves the queue', async (t) => {
  const admission = new Admission({ ...options, queueSize: 1, queueTimeoutMs: 20 })
  const release = await admission.enter('a', NEVER)
  await t.rejects(admission.enter('a', NEVER), { ...overloaded, message: /waited too long/ })
  t.equal(admission.waiting, 0)
  const next = admission.enter('a', NEVER)
  release()
  t.ok(await next)
})

t.test('a client that disconnects while its run is queued leaves the queue', async (t) => {
  const admission = new Admission(options)
  const release = await admission.enter('a', NEVER)
  const client = new AbortController()
  const gone = admission.enter('a', client.signal)
  const stays = admission.enter('a', NEVER)
  client.abort(new Error('gone'))
  await t.rejects(gone, { message: 'gone' })
  t.equal(admission.waiting, 1)
  release()
  t.ok(await stays)
})

t.test('a client that has already disconnected is not admitted', async (t) => {
  const admission = new Admission(options)
  await t.rejects(admission.enter('a', AbortSignal.abort(new Error('gone'))), { message: 'gone' })
  t.equal(admission.running, 0)
})

t.test('listeners are removed from the client\'s signal', async (t) => {
  const admission = new Admission({ ...options, queueSize: 1, queueTimeoutMs: 10 })
  const { signal } = new AbortController()
  const release = await admission.enter('a', signal)
  await t.rejects(admission.enter('a', signal), overloaded)
  const next = admission.enter('a', signal)
  release()
  await next
  t.equal(getEventListeners(signal, 'abort').length, 0)
})

t.test('releasing a slot twice releases it only once', async (t) => {
  const admission = new Admission(options)
  const first = await admission.enter('a', NEVER)
  const waiting = [admission.enter('a', NEVER), admission.enter('a', NEVER)]
  first()
  first()
  const second = await waiting[0]
  await new Promise(setImmediate)
  t.same([admission.running, admission.waiting], [1, 1])
  second?.()
  await waiting[1]
})

t.test('10,000 refusals of every kind do not leak a slot', async (t) => {
  const admission = new Admission({ ...options, concurrency: 3, queueSize: 5, queueTimeoutMs: 1 })
  const held = await Promise.all([1, 2, 3].map(() => admission.enter('a', NEVER)))
  let refused = 0
  for (let i = 0; i < 10_000; i += 10) {
    const client = new AbortController()
    const attempts = Array.from({ length: 10 }, (_, n) => admission.enter(`t${n % 4}`, n % 2 === 0 ? client.signal : NEVER).catch(() => { refused++ }))
    if (i % 20 === 0) client.abort(new Error('gone'))
    if (i % 1000 === 0) await Promise.all(attempts)
  }
  for (const end = Date.now() + 5000; admission.waiting > 0 && Date.now() < end;) await new Promise((resolve) => setTimeout(resolve, 2))
  t.equal(refused, 10_000)
  t.same([admission.running, admission.waiting], [3, 0])
  for (const release of held) release()
  t.same([admission.running, admission.waiting], [0, 0])
  t.equal((await Promise.all([1, 2, 3].map(() => admission.enter('a', NEVER)))).length, 3, 'all three slots are available')
})

t.test('Retry-After grows with the queue, from 1 s to 60 s', async (t) => {
  const clients = new AbortController()
  t.teardown(() => { clients.abort(new Error('gone')) })
  const short = new Admission({ ...options, queueSize: 0 })
  await short.enter('a', NEVER)
  t.equal(await retryAfter(short), 1)
  const long = new Admission({ ...options, queueSize: 29 })
  await long.enter('a', NEVER)
  for (let i = 0; i < 29; i++) long.enter('a', clients.signal).catch(() => {})
  t.equal(await retryAfter(long), 30, '30 runs of about a second, one at a time')
  const endless = new Admission({ ...options, queueSize: 500 })
  await endless.enter('a', NEVER)
  for (let i = 0; i < 500; i++) endless.enter('a', clients.signal).catch(() => {})
  t.equal(await retryAfter(endless), 60)
})

/** Returns the order in which one slot admits runs. Each run is named after its token and number. */
async function order (names: string[]): Promise<string[]> {
  const admission = new Admission(options)
  const entered: string[] = []
  const release = await admission.enter('first', NEVER)
  const all = names.map(async (name) => {
    const leave = await admission.enter(name[0] ?? '', NEVER)
    entered.push(name)
    leave()
  })
  release()
  await Promise.all(all)
  return entered
}

async function retryAfter (admission: Admission): Promise<number | undefined> {
  return await admission.enter('late', NEVER).then(() => undefined, (error: ServiceError) => error.retryAfterSeconds)
}
