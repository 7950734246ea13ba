import { readConfig } from '../../../service/config/config.js'
import { ContainerFactory } from '../../../service/docker/container-factory.js'
import { EventStream } from '../../../service/docker/event-stream.js'
import { OutOfMemoryWatch } from '../../../service/docker/out-of-memory.js'
import { Remover } from '../../../service/docker/remover.js'
import type { ContainerRuntime } from '../../../service/docker/runtime-choice.js'
import { empty, FakeEngine, json } from '../fake-engine.js'

const TOKEN = 'correct-horse-battery-staple'
const OWN_SHIM: ContainerRuntime = { name: undefined, sharedShim: false }

/** Returns a factory for an engine on which one container can be created. */
export async function start (t: { teardown: (work: () => void | Promise<void>) => void }, { cores = 4, env = {}, runtime = OWN_SHIM } = {}) {
  const engine = await FakeEngine.start(t)
  const client = engine.client(t, 1000)
  const remover = new Remover(client, { keep: false, warn: () => {} })
  const { container, run } = readConfig({ API_ACCESS_TOKEN: TOKEN, ...env })
  const outOfMemory = new OutOfMemoryWatch(new EventStream(client))
  const warnings: string[] = []
  const factory = new ContainerFactory({
    engine: client,
    remover,
    outOfMemory,
    container,
    run,
    identity: { owner: 'me', boot: 'this' },
    runtime: async () => runtime,
    cores,
    log: { warn: (_details, message) => { warnings.push(message) } }
  })
  engine.on('POST /containers/create', json(201, { Id: 'c1' })).on('POST /containers/c1/start', empty(204)).on('DELETE /containers/c1', empty(204))
    .on('GET /containers/c1/json', json(200, { State: { Running: true, Paused: false } }))
  return { engine, factory, remover, warnings }
}
