import { availableParallelism, cpus } from 'node:os'

import type { Config } from '../config/config.js'
import { ContainerFactory } from '../docker/container-factory.js'
import type { ContainerIdentity } from '../docker/container-settings.js'
import { Engine } from '../docker/engine.js'
import { EventStream } from '../docker/event-stream.js'
import { containerIdentity } from '../docker/identity.js'
import { ImageCatalog } from '../docker/image-catalog.js'
import { OutOfMemoryWatch } from '../docker/out-of-memory.js'
import { Remover } from '../docker/remover.js'
import { RuntimeChoice } from '../docker/runtime-choice.js'
import { Pool } from '../pool/pool.js'
import { Probe } from '../runs/probe.js'

/** The report contains what the service would log. */
const NO_LOG = { debug: () => {}, info: () => {}, warn: () => {} }

/** The modules of the service that the checks use. */
export interface Modules {
  config: Config
  engine: Engine
  images: ImageCatalog
  factory: ContainerFactory
  remover: Remover
  /** Selects the runtime of the containers. */
  runtimeChoice: RuntimeChoice
  identity: ContainerIdentity
  /** Returns a pool that keeps one container of this image ready, or undefined if the settings disable the pool. */
  createPool (ref: string): Pool | undefined
  /** Starts the event stream of the engine, which reports out of memory. */
  start (): Promise<void>
  close (): Promise<void>
}

/** Connects the modules as server.ts does. */
export function createModules (config: Config): Modules {
  const engine = new Engine(config.engine)
  const events = new EventStream(engine)
  const outOfMemory = new OutOfMemoryWatch(events)
  const images = new ImageCatalog(engine, events, config.images.allow)
  const remover = new Remover(engine, { keep: config.container.keep, warn: () => {} })
  // Port 0: a random owner, so that the sweep of a running service does not remove the containers.
  const identity = containerIdentity({ address: 'doctor', port: 0 })
  const factoryParts = { engine, remover, outOfMemory, container: config.container, run: config.run, identity, cores: cpus().length, log: NO_LOG }
  const runtimeChoice = new RuntimeChoice({
    engine,
    configured: config.container,
    probe: async (runtime, signal) => {
      const sandboxes = new ContainerFactory({ ...factoryParts, runtime: async () => ({ name: runtime, sharedShim: false }) })
      return await new Probe({ images, sandboxes, limits: config.run }).run(undefined, signal)
    },
    log: NO_LOG
  })
  const factory = new ContainerFactory({ ...factoryParts, runtime: () => runtimeChoice.current() })
  return {
    config,
    engine,
    images,
    factory,
    remover,
    runtimeChoice,
    identity,
    createPool: (ref) => config.pool.max === 0
      ? undefined
      : new Pool({ factory, images, load: { running: 0, waiting: 0 }, config: { ...config.pool, images: [ref], min: 1, max: 1 }, cores: availableParallelism(), log: NO_LOG }),
    start: () => events.start(),
    async close () {
      events.close()
      await remover.settled()
      engine.close()
    }
  }
}
