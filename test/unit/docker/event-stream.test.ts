import type { ServerResponse } from 'node:http'

import t from 'tap'

import { EventStream, type EngineEvent } from '../../../service/docker/event-stream.js'
import { OutOfMemoryWatch } from '../../../service/docker/out-of-memory.js'
import { eventStream, FakeEngine, json } from '../fake-engine.js'
import { gate, until } from '../fakes.js'

const OOM = { Type: 'container', Action: 'oom', Actor: { ID: 'c1' } }

interface Teardown { teardown: (work: () => void | Promise<void>) => void }

async function start (t: Teardown) {
  const engine = await FakeEngine.start(t)
  const open: ServerResponse[] = []
  engine.on('GET /events', eventStream(open))
  const events = new EventStream(engine.client(t, 200))
  t.teardown(() => events.close())
  const seen: EngineEvent[] = []
  let gaps = 0
  events.onEvent((event) => seen.push(event))
  events.onGap(() => { gaps++ })
  return { engine, events, seen, open, gaps: () => gaps }
}

t.test('events are complete regardless of chunk boundaries', async (t) => {
  const { events, seen, open } = await start(t)
  await events.start()
  const text = `${JSON.stringify(OOM)}\n\n${JSON.stringify({ Type: 'image', Action: 'tag', Actor: { Attributes: { name: 'é😀' } } })}\n`
  for (const byte of Buffer.from(text)) {
    open[0]?.write(Buffer.from([byte]))
    if (byte % 7 === 0) await new Promise(setImmediate)
  }
  await until(() => seen.length === 2)
  t.same(seen[0], OOM)
  t.equal(seen[1]?.Actor?.Attributes?.name, 'é😀')
})

t.test('only relevant events are requested', async (t) => {
  const { engine, events } = await start(t)
  await events.start()
  const filters = JSON.parse(engine.calls[0]?.query.get('filters') ?? '')
  t.match(filters, { type: ['container', 'image'] })
  for (const event of ['oom', 'tag', 'untag', 'delete', 'load', 'pull']) t.ok(filters.event.includes(event), event)
})

t.test('the timeout applies to connecting, not to the open stream', async (t) => {
  const { events, seen, open } = await start(t)
  await events.start()
  await new Promise((resolve) => setTimeout(resolve, 300))
  open[0]?.write(`${JSON.stringify(OOM)}\n`)
  await until(() => seen.length === 1)
  t.equal(open.length, 1)
})

t.test('the client reconnects when the stream ends, and reports a gap', async (t) => {
  const { events, seen, open, gaps } = await start(t)
  await events.start()
  t.same([events.connected, gaps()], [true, 1])
  open[0]?.end()
  await until(() => !events.connected)
  await until(() => open.length === 2)
  await until(() => events.connected)
  t.equal(gaps(), 3, 'one gap for the interruption and one for the restart')
  open[1]?.write(`${JSON.stringify(OOM)}\n`)
  await until(() => seen.length === 1)
})

t.test('a stream that ends within an event only causes a gap', async (t) => {
  const { events, seen, open } = await start(t)
  await events.start()
  open[0]?.write('{"Type":"cont')
  await new Promise((resolve) => setTimeout(resolve, 20))
  open[0]?.destroy()
  await until(() => open.length === 2)
  open[1]?.write(`${JSON.stringify(OOM)}\n`)
  await until(() => seen.length === 1)
  t.same(seen, [OOM])
})

t.test('a line that is not an event ends the stream but not the service', async (t) => {
  const { events, seen, open } = await start(t)
  await events.start()
  open[0]?.write('<html>\n')
  await until(() => open.length === 2)
  open[1]?.write(`${JSON.stringify(OOM)}\n`)
  await until(() => seen.length === 1)
  t.ok(events.connected)
})

t.test('while the engine is down the client tries to connect about twice a second, and reports no gap', async (t) => {
  const { engine, events, gaps } = await start(t)
  engine.on('GET /events', json(500, { message: 'not now' }))
  await events.start()
  const startedAt = performance.now()
  await until(() => engine.made('GET', '/events').length === 3)
  t.ok(performance.now() - startedAt > 700, 'two pauses of about half a second')
  t.equal(gaps(), 0, 'there is no gap before the first connection')
  t.notOk(events.connected)
})

t.test('the client retries if the engine accepts the connection but does not respond', async (t) => {
  const { engine, events } = await start(t)
  engine.on('GET /events', () => {})
  await events.start()
  t.notOk(events.connected)
  await until(() => engine.made('GET', '/events').length === 2)
})

t.test('after close all connections are closed, and the client does not reconnect', async (t) => {
  const { engine, events, open } = await start(t)
  await events.start()
  events.close()
  events.close()
  await until(() => engine.connections === 0, 'the connection\'s end')
  await new Promise((resolve) => setTimeout(resolve, 600))
  t.same([open.length, events.connected], [1, false])
})

t.test('closing while connecting closes the connection', async (t) => {
  const { engine, events } = await start(t)
  const { opened, open } = gate()
  engine.on('GET /events', (_call, response) => { void opened.then(() => response.writeHead(200).flushHeaders()) })
  const connecting = events.start()
  await until(() => engine.calls.length === 1)
  events.close()
  open()
  await connecting
  await until(() => engine.connections === 0, 'the connection\'s end')
  t.notOk(events.connected)
})

t.test('an out-of-memory kill is recorded for its container, even if the event is late', async (t) => {
  const { events, open } = await start(t)
  const watch = new OutOfMemoryWatch(events)
  await events.start()
  const asked = watch.happenedTo('c1')
  open[0]?.write(`${JSON.stringify({ ...OOM, Actor: { ID: 'c2' } })}\n${JSON.stringify({ ...OOM, Action: 'die', Actor: { ID: 'c3' } })}\n${JSON.stringify(OOM)}\n`)
  t.equal(await asked, true)
  t.equal(await watch.happenedTo('c2'), true)
  const startedAt = Date.now()
  t.equal(await watch.happenedTo('c3'), false)
  t.ok(Date.now() - startedAt >= 190, 'it waited for the event of the engine')
})

t.test('only the last thousand kills are kept', async (t) => {
  const { events, open } = await start(t)
  const watch = new OutOfMemoryWatch(events)
  await events.start()
  open[0]?.write(Array.from({ length: 1001 }, (_, n) => `${JSON.stringify({ ...OOM, Actor: { ID: `c${n}` } })}\n`).join(''))
  t.equal(await watch.happenedTo('c1000'), true)
  t.equal(await watch.happenedTo('c1'), true)
  t.equal(await watch.happenedTo('c0'), false)
})
