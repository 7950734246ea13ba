import { getEventListeners } from 'node:events'

import t from 'tap'

import type { RunEvent } from '../../../service/protocol/event-decoder.js'
import { frame } from '../fake-engine.js'
import { serviceError, until } from '../fakes.js'
import { FOREIGN, OURS, RESULT, start } from './start-sandbox.js'

t.test('the exchange ends after the line with the result, and the stream remains open', async (t) => {
  const { sandbox, container, received, inputEnded } = start(t)
  const exchange = sandbox.exchange(Buffer.from('payload'), OURS)
  container.write(frame(1, RESULT.slice(0, 5)))
  container.write(frame(1, RESULT.slice(5)))
  const { end, stdout, stderr } = await exchange
  t.same([end, String(stdout), String(stderr)], ['result', RESULT, ''])
  t.same([received(), inputEnded(), sandbox.ended], ['payload', false, false])
})

t.test('the stdin of a foreign image is closed, and its output is read to the end', async (t) => {
  const { sandbox, container, received, inputEnded } = start(t)
  const exchange = sandbox.exchange(Buffer.from('payload'), FOREIGN)
  await until(inputEnded)
  container.write(frame(1, 'line\n'))
  container.write(frame(2, 'err'))
  container.end(frame(1, 'rest'))
  const { end, stdout, stderr } = await exchange
  t.same([end, String(stdout), String(stderr), received()], ['eof', 'line\nrest', 'err', 'payload'])
})

t.test('events are passed on as they arrive, and only an incomplete line counts toward the size limit', async (t) => {
  const { sandbox, container } = start(t, { pooled: true })
  container.write(frame(1, '\n'))
  await sandbox.warmed
  const events: RunEvent[] = []
  const exchange = sandbox.exchange(Buffer.from('payload'), { ...OURS, maxBytes: 100, onEvent: (event) => events.push(event) })
  const line = `{"type":"stdout","text":"${'x'.repeat(60)}"}\n`
  for (let n = 1; n <= 5; n++) {
    container.write(frame(1, line))
    await until(() => events.length === n)
  }
  t.equal(await settled(exchange), false)
  container.write(frame(1, `{"type":"result","result":${RESULT.trim()}}`))
  container.write(frame(1, '\nignored'))
  const { end, stdout } = await exchange
  t.same([end, String(stdout), events[0]], ['result', RESULT.trim(), { type: 'stdout', text: 'x'.repeat(60) }])
})

t.test('an event that exceeds the size limit ends the exchange', async (t) => {
  const { sandbox, container } = start(t)
  const exchange = sandbox.exchange(Buffer.from('payload'), { ...OURS, maxBytes: 100, onEvent: () => {} })
  container.write(frame(1, `{"type":"stdout","text":"${'x'.repeat(100)}`))
  t.equal((await exchange).end, 'too_large')
})

t.test('events of a retired container are dropped', async (t) => {
  const { sandbox, container } = start(t)
  const events: RunEvent[] = []
  const client = new AbortController()
  const exchange = sandbox.exchange(Buffer.from('payload'), { ...OURS, signal: client.signal, onEvent: (event) => events.push(event) })
  client.abort()
  t.equal((await exchange).end, 'cancelled')
  sandbox.retire()
  container.end(frame(1, '{"type":"stdout","text":"late"}\n'))
  await sandbox.whenEnded
  t.same(events, [])
})

t.test('a stream that ends without a result ends the exchange', async (t) => {
  const { sandbox, container } = start(t)
  const exchange = sandbox.exchange(Buffer.from('payload'), OURS)
  container.end(frame(1, 'half a res'))
  t.match(await exchange, { end: 'eof' })
})

t.test('the exchange ends at the deadline, with the output received so far', async (t) => {
  const { sandbox, container } = start(t)
  container.write(frame(1, 'words'))
  const startedAt = performance.now()
  const { end, stdout } = await sandbox.exchange(Buffer.from('payload'), { ...OURS, deadlineMs: 50 })
  t.same([end, String(stdout)], ['deadline', 'words'])
  t.ok(performance.now() - startedAt >= 45)
})

t.test('the exchange ends if stdout and stderr exceed the output limit', async (t) => {
  const { sandbox, container } = start(t)
  const exchange = sandbox.exchange(Buffer.from(''), { ...FOREIGN, maxBytes: 10 })
  container.write(frame(1, 'x'.repeat(6)))
  container.write(frame(2, 'x'.repeat(4)))
  t.equal(await settled(exchange), false, 'output at the limit does not end the exchange')
  container.write(frame(1, 'x'))
  t.equal((await exchange).end, 'too_large')
})

t.test('the exchange ends when the client disconnects, and removes its listener from the signal', async (t) => {
  const { sandbox } = start(t)
  const client = new AbortController()
  const exchange = sandbox.exchange(Buffer.from(''), { ...OURS, signal: client.signal })
  client.abort()
  t.equal((await exchange).end, 'cancelled')
  t.equal(getEventListeners(client.signal, 'abort').length, 0)
  t.equal((await start(t).sandbox.exchange(Buffer.from(''), { ...OURS, signal: AbortSignal.abort() })).end, 'cancelled', 'aborted before the start')
})

t.test('the listener is removed from the client\'s signal at every end of an exchange', async (t) => {
  const { signal } = new AbortController()
  const first = start(t)
  first.container.write(frame(1, RESULT))
  t.equal((await first.sandbox.exchange(Buffer.from(''), { ...OURS, signal })).end, 'result')
  t.equal((await start(t).sandbox.exchange(Buffer.from(''), { ...OURS, signal, deadlineMs: 1 })).end, 'deadline')
  t.equal(getEventListeners(signal, 'abort').length, 0)
})

t.test('blank lines before the result mean that the runner is ready', async (t) => {
  const { sandbox, container } = start(t, { pooled: true })
  container.write(frame(1, '\n'))
  await sandbox.warmed
  const exchange = sandbox.exchange(Buffer.from('payload'), OURS)
  t.equal(await settled(exchange), false)
  container.write(frame(1, `\n${RESULT}`))
  t.equal(String((await exchange).stdout), RESULT)
})

t.test('all promises of a waiting container resolve when it exits', async (t) => {
  const { sandbox, container } = start(t, { pooled: true })
  container.end()
  await Promise.all([sandbox.whenEnded, sandbox.warmed])
  t.ok(sandbox.ended)
  t.match(await sandbox.exchange(Buffer.from('payload'), OURS), { end: 'lost' })
})

t.test('bytes that are not a multiplexed stream cause an error', async (t) => {
  const { sandbox, container } = start(t)
  const exchange = sandbox.exchange(Buffer.from(''), OURS)
  container.write('HTTP/1.1 500')
  await t.rejects(exchange, serviceError({ slug: 'docker.container.stream.read' }))
})

t.test('the output of a container that exits before reading its payload is kept', async (t) => {
  const { sandbox, stream, container } = start(t)
  const exchange = sandbox.exchange(Buffer.from(''), FOREIGN)
  container.write(frame(1, 'early'))
  await new Promise(setImmediate)
  stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  const { end, stdout } = await exchange
  t.same([end, String(stdout)], ['eof', 'early'])
})

async function settled (promise: Promise<unknown>): Promise<boolean> {
  return await Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 20))])
}
