import { availableParallelism } from 'node:os'

import type { Config } from '../config/config.js'
import type { ContainerFactory } from '../docker/container-factory.js'
import type { ContainerIdentity } from '../docker/container-settings.js'
import type { Engine } from '../docker/engine.js'
import { containerIdentity } from '../docker/identity.js'
import type { ImageCatalog } from '../docker/image-catalog.js'
import type { Remover } from '../docker/remover.js'
import type { RuntimeChoice } from '../docker/runtime-choice.js'
import { createEngineModules } from '../engine-modules.js'
import { Pool } from '../pool/pool.js'

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

/** Creates the modules as the service does. */
export function createModules (config: Config): Modules {
  // Port 0: a random owner, so that the sweep of a running service does not remove the containers.
  const identity = containerIdentity({ address: 'doctor', port: 0 })
  const { events, ...modules } = createEngineModules({ config, identity, log: NO_LOG })
  const { engine, images, factory, remover } = modules
  return {
    ...modules,
    config,
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
