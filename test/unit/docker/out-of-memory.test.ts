import t from 'tap'

import type { EngineEvent, EventStream } from '../../../service/docker/event-stream.js'
import { OutOfMemoryWatch } from '../../../service/docker/out-of-memory.js'

function start () {
  const listeners: Array<(event: EngineEvent) => void> = []
  const events = { onEvent: (listener: (event: EngineEvent) => void) => { listeners.push(listener) } } as unknown as EventStream
  const watch = new OutOfMemoryWatch(events)
  const killed = (ID: string) => { for (const listener of listeners) listener({ Type: 'container', Action: 'oom', Actor: { ID } }) }
  return { watch, killed }
}

t.test('an event that arrives shortly after the query counts, but not an event of another container', async (t) => {
  const { watch, killed } = start()
  const asked = watch.happenedTo('a')
  killed('b')
  killed('a')
  t.equal(await asked, true)
  t.equal(await watch.happenedTo('c'), false)
})

t.test('a wall clock that is set back does not prolong the wait', { timeout: 5000 }, async (t) => {
  const now = Date.now
  t.teardown(() => { Date.now = now })
  const { watch } = start()
  const asked = watch.happenedTo('a')
  Date.now = () => now() - 3_600_000
  t.equal(await asked, false)
})
