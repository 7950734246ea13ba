import type { Duplex } from 'node:stream'

import type { ContainerConfig, RunConfig } from '../config.js'
import { containerAttachFailed, containerCreateFailed, containerStartFailed } from '../errors.js'
import type { ImageDescription, Sandbox, Sandboxes } from '../run/ports.js'
import { attachContainer } from './attach-stream.js'
import { ContainerSandbox } from './container-sandbox.js'
import { containerSettings, type ContainerIdentity } from './container-settings.js'
import type { Engine } from './engine.js'
import type { OutOfMemoryWatch } from './out-of-memory.js'
import type { Remover } from './remover.js'

/** Milliseconds that a container may take to end after its result; the engine's own clean-up takes about 20. */
const LINGER_MS = 2_000

interface FactoryParts {
  engine: Engine
  remover: Remover
  outOfMemory: OutOfMemoryWatch
  container: ContainerConfig
  run: RunConfig
  identity: ContainerIdentity
}

/** Makes containers that wait for their payload: create, attach, start. */
export class ContainerFactory implements Sandboxes {
  readonly #parts: FactoryParts

  constructor (parts: FactoryParts) {
    this.#parts = parts
  }

  async lease (image: ImageDescription): Promise<Sandbox> {
    const phases: Record<string, number> = {}
    const id = await timed(phases, 'create', () => this.#create(image))
    try {
      const stream = await timed(phases, 'attach', () => this.#attach(id))
      const sandbox = new ContainerSandbox({
        id,
        stream,
        phases,
        remove: (containerId) => this.#parts.remover.remove(containerId),
        ranOutOfMemory: (containerId) => this.#parts.outOfMemory.happenedTo(containerId),
        lingerMs: LINGER_MS
      })
      await timed(phases, 'start', () => this.#start(id)).catch((error) => {
        stream.destroy()
        throw error
      })
      return sandbox
    } catch (error) {
      void this.#parts.remover.remove(id)
      throw error
    }
  }

  async #create (image: ImageDescription): Promise<string> {
    const { engine, container, run, identity } = this.#parts
    const settings = containerSettings({ image, container, run, identity, idleMs: 0 })
    try {
      const { id } = await engine.call<{ id: string }>((options) => engine.docker.createContainer({ ...settings, ...options }))
      return id
    } catch (error) {
      throw engine.fault(error, containerCreateFailed)
    }
  }

  async #attach (id: string): Promise<Duplex> {
    const { engine } = this.#parts
    try {
      return await attachContainer(engine.socketPath, id, engine.callMs)
    } catch (error) {
      throw engine.fault(error, containerAttachFailed)
    }
  }

  async #start (id: string): Promise<void> {
    const { engine } = this.#parts
    try {
      await engine.call((options) => engine.docker.getContainer(id).start(options))
    } catch (error) {
      throw engine.fault(error, containerStartFailed)
    }
  }
}

async function timed<T> (phases: Record<string, number>, phase: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  try {
    return await work()
  } finally {
    phases[phase] = performance.now() - startedAt
  }
}
