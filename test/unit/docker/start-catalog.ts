import type { ServerResponse } from 'node:http'

import { EventStream } from '../../../service/docker/event-stream.js'
import { ImageCatalog } from '../../../service/docker/image-catalog.js'
import { eventStream, FakeEngine, json } from '../fake-engine.js'

export const LABELS = {
  'runonce.protocol': '1',
  'runonce.language': 'python',
  'runonce.aliases': 'py py3',
  'runonce.version': '3.13.5',
  'runonce.main': 'main.py',
  'runonce.hello': 'print("Hello World!")\n',
  'runonce.memory': '536870912',
  'runonce.processes': '200',
  'runonce.interactive': 'true',
  'runonce.resizable': 'true',
  'runonce.builds': 'true'
}
export const inspect = (config: object, id = 'sha256:1') => json(200, { Id: id, Config: config })

interface Teardown { teardown: (work: () => void | Promise<void>) => void }

/** Starts a catalog with a fake engine, whose event stream the test writes. */
export async function startCatalog (t: Teardown, allowed = ['runonce/*', 'glot/*'], connect = true) {
  const engine = await FakeEngine.start(t)
  const open: ServerResponse[] = []
  engine.on('GET /events', eventStream(open))
  const client = engine.client(t, 5000)
  const events = new EventStream(client)
  t.teardown(() => events.close())
  const catalog = new ImageCatalog(client, events, allowed)
  if (connect) await events.start()
  const inspections = () => engine.calls.filter(({ path }) => path.startsWith('/images/runonce')).length
  return { engine, events, catalog, inspections, emit: (event: object) => open.at(-1)?.write(`${JSON.stringify(event)}\n`), breakOff: () => open.at(-1)?.destroy() }
}
