import type Docker from 'dockerode'

import type { ImageChanges } from '../runs/ports.js'
import { messageOf } from './engine-errors.js'
import { canShareShim, crunOf, type RuntimesInfo } from './engine-runtimes.js'
import type { Engine } from './engine.js'
import type { EventStream } from './event-stream.js'

/** The value of DOCKER_CONTAINER_RUNTIME that selects crun if it works. */
export const AUTO = 'auto'
/** Maximum duration of the probe, in milliseconds: containers wait for it. */
const PROBE_MS = 15_000

/** How the engine runs the containers of the service. */
export interface ContainerRuntime {
  /** undefined: the engine's default */
  name: string | undefined
  /** Whether containers share processes of containerd's shim. */
  sharedShim: boolean
}

interface ChoiceParts {
  engine: Engine
  /** The values of DOCKER_CONTAINER_RUNTIME and DOCKER_CONTAINER_SHARED_SHIM. */
  configured: { runtime: string | undefined, sharedShim: boolean }
  /**
   * Runs a program with a runtime.
   * @returns whether it completed; undefined if there is no image to try
   * @throws if the engine failed
   */
  probe: (runtime: string, signal: AbortSignal) => Promise<boolean | undefined>
  log: { info: (details: object, message: string) => void, warn: (details: object, message: string) => void }
}

/** Selects the runtime of containers, and whether they share a shim, from the settings and the engine. */
export class RuntimeChoice {
  readonly #parts: ChoiceParts
  #current: Promise<ContainerRuntime> | undefined
  /** Whether the selection may change as soon as there is an image to try. */
  #untested = false
  #logged: string | undefined

  constructor (parts: ChoiceParts) {
    this.#parts = parts
  }

  /**
   * Repeats the selection whenever the event stream connects, because it may be another engine, and when there is a first
   * image to try.
   */
  follow (events: EventStream, images: ImageChanges): void {
    events.onGap(() => { if (events.connected) this.#current = undefined })
    images.onImagesChanged(() => { if (this.#untested) this.#current = undefined })
  }

  /**
   * Resolves with the selection, which is made once for each connection to the engine. Never rejects: without a response
   * of the engine, the engine's default is used, and the next call tries again.
   */
  current (): Promise<ContainerRuntime> {
    this.#current ??= this.#start()
    return this.#current
  }

  #start (): Promise<ContainerRuntime> {
    const { configured: { runtime, sharedShim }, log } = this.#parts
    if (runtime !== AUTO && !sharedShim) return Promise.resolve({ name: runtime, sharedShim })
    const selection = this.#select().catch((error) => {
      log.warn({ reason: messageOf(error) }, 'the runtime of containers is not selected')
      if (this.#current === selection) this.#current = undefined
      return { name: runtime === AUTO ? undefined : runtime, sharedShim: false }
    })
    return selection
  }

  async #select (): Promise<ContainerRuntime> {
    const { engine, configured: { runtime, sharedShim } } = this.#parts
    const info = await engine.call<RuntimesInfo>((options) => engine.docker.info(options as never))
    const { ApiVersion: api } = await engine.call<Docker.DockerVersion>((options) => engine.docker.version(options as never))
    const name = runtime === AUTO ? await this.#crunIfItWorks(info) : runtime
    const selected = { name, sharedShim: sharedShim && canShareShim(api, info, name) }
    this.#log({ runtime: name ?? info.DefaultRuntime, sharedShim: selected.sharedShim })
    return selected
  }

  async #crunIfItWorks (info: RuntimesInfo): Promise<string | undefined> {
    const { probe, log } = this.#parts
    const runtime = crunOf(info)
    this.#untested = false
    if (runtime === undefined) return undefined
    try {
      const works = await probe(runtime, AbortSignal.timeout(PROBE_MS))
      this.#untested = works === undefined
      if (works === true) return runtime
      if (works === false) throw new Error('a program did not complete')
    } catch (error) {
      log.warn({ runtime, reason: messageOf(error) }, 'the runtime does not work; the engine\'s default is used')
    }
    return undefined
  }

  #log (details: object): void {
    const text = JSON.stringify(details)
    if (text !== this.#logged) this.#parts.log.info(details, 'runtime of containers')
    this.#logged = text
  }
}
