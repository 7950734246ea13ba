import { once } from 'node:events'
import { closeSync, openSync, renameSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import t from 'tap'

import { Engine } from '../../../service/docker/engine.js'
import { EventStream } from '../../../service/docker/event-stream.js'
import { onStaleSocket } from '../../../service/docker/stale-socket.js'
import { eventStream, FakeEngine } from '../fake-engine.js'
import { until } from '../fakes.js'

/** O_PATH of open(2) on Linux, for all architectures that Node supports. */
const O_PATH = 0o10000000
/** Pause in milliseconds, longer than a call of stat(2). */
const SETTLE_MS = 50

/** Returns a path that refers to a socket file after its deletion, like a mount: proc(5), /proc/pid/fd. */
function keep (t: { teardown: (work: () => void) => void }, socketPath: string): string {
  const fd = openSync(socketPath, O_PATH)
  t.teardown(() => closeSync(fd))
  return `/proc/self/fd/${fd}`
}

/** Follows the events of the engine at `socketPath`. Resolves with the errors of failed connections and the number of listener calls. */
async function watch (t: { teardown: (work: () => void) => void }, socketPath: string) {
  const engine = new Engine({ socketPath, readTimeoutMs: 500, writeTimeoutMs: 500 })
  const events = new EventStream(engine)
  t.teardown(() => { events.close(); engine.close() })
  const seen: { codes: Array<string | undefined>, stale: number } = { codes: [], stale: 0 }
  events.onConnectError(({ code }) => seen.codes.push(code))
  onStaleSocket(events, socketPath, () => { seen.stale++ })
  await events.start()
  return { events, seen }
}

t.test('a socket file that the engine has replaced is stale', async (t) => {
  const fake = await FakeEngine.start(t)
  fake.on('GET /events', eventStream())
  const { events, seen } = await watch(t, keep(t, fake.socketPath))
  t.ok(events.connected)
  await fake.stop()
  const restarted = createServer().listen(fake.socketPath)
  t.teardown(() => { restarted.close() })
  await until(() => seen.stale > 0)
  t.notOk(events.connected)
})

t.test('neither a socket file without an engine nor a missing file is stale', async (t) => {
  const fake = await FakeEngine.start(t)
  fake.on('GET /events', eventStream())
  const { seen } = await watch(t, fake.socketPath)
  await fake.stop()
  await until(() => seen.codes.includes('ENOENT'))
  // A crashed engine leaves its socket file: Node deletes the file only at its original path.
  const crashed = createServer().listen(`${fake.socketPath}.new`)
  await once(crashed, 'listening')
  renameSync(`${fake.socketPath}.new`, fake.socketPath)
  crashed.close()
  await until(() => seen.codes.includes('ECONNREFUSED'))
  await sleep(SETTLE_MS)
  t.equal(seen.stale, 0)
})

t.test('a connect that fails after the stream was closed is not reported', async (t) => {
  const engine = new Engine({ socketPath: '/nonexistent/docker.sock', readTimeoutMs: 500, writeTimeoutMs: 500 })
  t.teardown(() => engine.close())
  const events = new EventStream(engine)
  const codes: Array<string | undefined> = []
  events.onConnectError(({ code }) => codes.push(code))
  const connecting = events.start()
  events.close()
  await connecting
  t.same(codes, [], 'the service is stopping, and the listener would end it with an error')
})
