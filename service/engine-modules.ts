import { cpus } from 'node:os'

import type { Config } from './config/config.js'
import { ContainerFactory } from './docker/container-factory.js'
import type { ContainerIdentity } from './docker/container-settings.js'
import { Engine } from './docker/engine.js'
import { EventStream } from './docker/event-stream.js'
import { ImageCatalog } from './docker/image-catalog.js'
import { OutOfMemoryWatch } from './docker/out-of-memory.js'
import { Remover } from './docker/remover.js'
import { RuntimeChoice } from './docker/runtime-choice.js'
import { Probe } from './runs/probe.js'

interface Options {
  config: Pick<Config, 'engine' | 'images' | 'container' | 'run'>
  identity: ContainerIdentity
  log: Record<'info' | 'warn', (details: object, message: string) => void>
}

/** Connects the modules that use the engine, for the service and the doctor. Starts nothing. */
export function createEngineModules ({ config, identity, log }: Options) {
  const engine = new Engine(config.engine)
  const events = new EventStream(engine)
  const outOfMemory = new OutOfMemoryWatch(events)
  const images = new ImageCatalog(engine, events, config.images.allow)
  const remover = new Remover(engine, { keep: config.container.keep, warn: (details, message) => log.warn(details, message) })
  const factoryParts = { engine, remover, outOfMemory, container: config.container, run: config.run, identity, cores: cpus().length, log }
  const runtimeChoice = new RuntimeChoice({
    engine,
    configured: config.container,
    probe: async (runtime, signal) => {
      const sandboxes = new ContainerFactory({ ...factoryParts, runtime: async () => ({ name: runtime, sharedShim: false }) })
      return await new Probe({ images, sandboxes, limits: config.run }).run(undefined, signal)
    },
    log
  })
  const factory = new ContainerFactory({ ...factoryParts, runtime: () => runtimeChoice.current() })
  return { engine, events, images, remover, runtimeChoice, factory }
}
