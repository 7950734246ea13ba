import type Docker from 'dockerode'

import type { ContainerConfig, RunConfig } from '../config/config.js'
import { containerAttachFailed, containerCreateFailed, containerRefused, containerStartFailed } from '../errors.js'
import type { ContainerLimits, ImageDescription, ReadySandbox, Sandbox, SandboxFactory } from '../runs/ports.js'
import { ContainerSandbox } from './container-sandbox.js'
import { containerSettings, ONE_RUN, type ContainerIdentity, type Purpose } from './container-settings.js'
import { isImageError, isShimError, toServiceError } from './engine-errors.js'
import type { Engine } from './engine.js'
import type { OutOfMemoryWatch } from './out-of-memory.js'
import type { Remover } from './remover.js'
import type { ContainerRuntime } from './runtime-choice.js'
import { ShimGroups, type ShimMembership } from './shim-groups.js'

/** Time that a container has to exit after its result, in milliseconds. The engine usually removes it within 20 ms. */
const EXIT_GRACE_MS = 2_000

/** Memory of a shim, and the share of the engine, for one container in bytes (measured on Docker 26.1: 5.4 and 0.6 MB). */
const OWN_SHIM_BYTES = 6_000_000
/** The same for a container that shares a shim (measured: 1.4 MB with 16 containers, 2.6 MB with 8, and 0.2 MB). */
const SHARED_SHIM_BYTES = 2_500_000

/** Everything that determines a container, except its shim. */
interface Order {
  image: ImageDescription
  purpose: Purpose
  limits: ContainerLimits | undefined
  runtime: string | undefined
}

type OptionalMembership = Pick<ShimMembership, 'leave'> & { group?: string }

const NO_GROUP: OptionalMembership = { leave: () => {} }

interface FactoryParts {
  engine: Engine
  remover: Remover
  outOfMemory: OutOfMemoryWatch
  container: ContainerConfig
  run: RunConfig
  identity: ContainerIdentity
  /** Selects how the engine runs each container. Never rejects. */
  runtime: () => Promise<ContainerRuntime>
  /** Number of CPU cores of the engine's machine. */
  cores: number
  log: { warn: (details: object, message: string) => void }
}

/** Creates containers that wait for their payload: create, attach, start. */
export class ContainerFactory implements SandboxFactory {
  readonly #parts: FactoryParts
  readonly #memoryLimits = new WeakMap<Sandbox, number>()
  readonly #shimGroups: ShimGroups
  #sharesShim = false

  constructor (parts: FactoryParts) {
    this.#parts = parts
    this.#shimGroups = new ShimGroups(`runonce-${parts.identity.owner}-${parts.identity.boot}`, parts.cores)
  }

  async lease (image: ImageDescription, limits?: ContainerLimits): Promise<Sandbox> {
    return await this.#make(image, ONE_RUN, limits)
  }

  async prepare (image: ImageDescription, { idleMs, warm }: { idleMs: number, warm: boolean }): Promise<ReadySandbox> {
    return await this.#make(image, { idleMs, warm, announce: true })
  }

  /** The memory update fails with EBUSY while the container uses more (cgroup version 1). @see Docker Engine API v1.41, ContainerUpdate */
  async resize (sandbox: ReadySandbox, { memoryBytes, processes }: ContainerLimits): Promise<boolean> {
    const { engine } = this.#parts
    const changes = {
      ...memoryBytes === undefined ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes },
      ...processes === undefined ? {} : { PidsLimit: processes }
    }
    return await engine.call(() => engine.docker.getContainer(sandbox.id).update(changes)).then(() => true, () => false)
  }

  /**
   * @throws Error if the engine reports more memory than the container's limit. A rootless engine without cgroups
   * reports the memory of a parent cgroup.
   * @see Docker Engine API v1.41, ContainerStats
   */
  async idleBytes (sandbox: ReadySandbox): Promise<number> {
    const { engine } = this.#parts
    const stats = await engine.call<Docker.ContainerStats>(() =>
      engine.docker.getContainer(sandbox.id).stats({ stream: false, 'one-shot': true }))
    const { usage = 0, stats: details } = stats.memory_stats
    // The kernel can reclaim inactive file pages. Their name differs between cgroup v1 and v2.
    const { total_inactive_file: v1, inactive_file: v2 } = (details ?? {}) as Record<string, number | undefined>
    const bytes = usage - (v1 ?? v2 ?? 0)
    if (bytes > (this.#memoryLimits.get(sandbox) ?? Infinity)) throw new Error(`The engine reports ${bytes} bytes, more than the container's limit`)
    return bytes
  }

  overheadBytes (): number {
    return this.#sharesShim ? SHARED_SHIM_BYTES : OWN_SHIM_BYTES
  }

  async #make (image: ImageDescription, purpose: Purpose, limits?: ContainerLimits): Promise<ContainerSandbox> {
    const { name, sharedShim } = await this.#parts.runtime()
    this.#sharesShim = sharedShim
    const order = { image, purpose, limits, runtime: name }
    if (!sharedShim) return await this.#makeWith(order, NO_GROUP)
    const membership = this.#shimGroups.join()
    try {
      return await this.#makeWith(order, membership)
    } catch (error) {
      membership.leave()
      if (!isShimError(error)) throw error
      // The shim exited meanwhile. The container did not get its payload.
      this.#shimGroups.abandon(membership.group)
      this.#parts.log.warn({ group: membership.group, reason: (error as Error).message }, 'a container starts again, because its shared shim exited')
      return await this.#makeWith(order, NO_GROUP)
    }
  }

  async #makeWith ({ image, purpose, limits, runtime }: Order, { group: shimGroup, leave }: OptionalMembership): Promise<ContainerSandbox> {
    const { engine, remover, outOfMemory, container, run, identity } = this.#parts
    const phases: Record<string, number> = {}
    const settings = containerSettings({ image, container, run, identity, purpose, limits, runtime, shimGroup })
    const id = await timed(phases, 'create', () => this.#create(settings))
    try {
      const stream = await timed(phases, 'attach', () => engine.attach(id))
        .catch((error) => { throw toServiceError(error, containerAttachFailed) })
      const sandbox = new ContainerSandbox({
        id,
        stream,
        pooled: purpose !== ONE_RUN,
        phases: purpose === ONE_RUN ? phases : {},
        remove: (containerId) => remover.remove(containerId),
        liftCpuLimit: (containerId) => { void this.#liftCpuLimit(containerId) },
        ending: leave,
        ranOutOfMemory: (containerId) => outOfMemory.happenedTo(containerId),
        isRunning: (containerId) => this.#isRunning(containerId),
        exitGraceMs: EXIT_GRACE_MS
      })
      this.#memoryLimits.set(sandbox, settings.HostConfig?.Memory ?? Infinity)
      await timed(phases, 'start', () => this.#start(id)).catch((error) => {
        stream.destroy()
        throw error
      })
      return sandbox
    } catch (error) {
      void remover.remove(id)
      throw error
    }
  }

  /** Lets a container use all cores. Errors are ignored: the container may already have exited. @see Docker Engine API v1.41, ContainerUpdate */
  async #liftCpuLimit (id: string): Promise<void> {
    const { engine, container, cores } = this.#parts
    if (container.cpus === 0 || container.cpus >= cores) return
    await engine.call(() => engine.docker.getContainer(id).update({ NanoCpus: cores * 1e9 })).catch(() => {})
  }

  /** @see Docker Engine API v1.41, ContainerInspect */
  async #isRunning (id: string): Promise<boolean> {
    const { engine } = this.#parts
    const info = await engine.call<Docker.ContainerInspectInfo>((options) => engine.docker.getContainer(id).inspect(options)).catch(() => undefined)
    return info?.State.Running === true && !info.State.Paused
  }

  async #create (settings: Docker.ContainerCreateOptions): Promise<string> {
    const { engine } = this.#parts
    try {
      const { id } = await engine.call<{ id: string }>((options) => engine.docker.createContainer({ ...settings, ...options }))
      return id
    } catch (error) {
      throw toServiceError(error, isImageError(error) ? containerRefused : containerCreateFailed)
    }
  }

  async #start (id: string): Promise<void> {
    const { engine } = this.#parts
    await engine.call((options) => engine.docker.getContainer(id).start(options))
      .catch((error) => { throw toServiceError(error, containerStartFailed) })
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
