import t from 'tap'

import { frame } from '../fake-engine.js'
import { until } from '../fakes.js'
import { FOREIGN, OURS, RESULT, start } from './start-sandbox.js'

async function endWithResult ({ sandbox, container }: ReturnType<typeof start>): Promise<void> {
  container.write(frame(1, RESULT))
  await sandbox.exchange(Buffer.from(''), OURS)
}

t.test('a container that exits after its result is not removed', async (t) => {
  const started = start(t, { exitGraceMs: 2000 })
  const { sandbox, container, removed, stream } = started
  await endWithResult(started)
  sandbox.retire()
  container.end()
  await until(() => stream.destroyed)
  t.same(removed, [])
})

t.test('a container that does not exit after its result is removed with a single request', async (t) => {
  const started = start(t, { exitGraceMs: 20 })
  const { sandbox, removed, stream } = started
  await endWithResult(started)
  sandbox.retire()
  sandbox.retire()
  t.same(removed, [], 'not immediately')
  await until(() => stream.destroyed)
  t.same(removed, ['c1'])
})

t.test('a container without a result is removed immediately, and its stream is closed', async (t) => {
  for (const end of ['deadline', 'cancelled', 'too_large', 'eof', 'unused'] as const) {
    const { sandbox, container, removed, stream } = start(t)
    const client = new AbortController()
    if (end !== 'unused') {
      const exchange = sandbox.exchange(Buffer.from(''), { ...FOREIGN, deadlineMs: end === 'deadline' ? 1 : 1000, maxBytes: 5, signal: client.signal })
      if (end === 'cancelled') client.abort()
      if (end === 'too_large') container.write(frame(1, 'x'.repeat(6)))
      if (end === 'eof') container.end()
      t.equal((await exchange).end, end)
    }
    sandbox.retire()
    sandbox.retire()
    t.same(removed, ['c1'], end)
    await until(() => stream.destroyed)
  }
})

t.test('later output of a retired container is discarded', async (t) => {
  const { sandbox, container } = start(t)
  const { stdout } = await sandbox.exchange(Buffer.from(''), { ...OURS, deadlineMs: 1 })
  sandbox.retire()
  container.write(frame(1, 'x'.repeat(1000)))
  await new Promise(setImmediate)
  t.equal(stdout.length, 0)
})
