import type { Test } from 'tap'

import type { PoolConfig } from '../../../service/config/config.js'
import { Pool } from '../../../service/pool/pool.js'
import type {
  ContainerLimits, Exchange, ImageChanges, ImageDescription, ReadySandbox, Sandbox, SandboxFactory
} from '../../../service/runs/ports.js'
import { FakeImages, gate } from '../fakes.js'

export const MIB = 1024 * 1024

/** A container that is ready until the test ends it. */
export class FakeReady implements ReadySandbox {
  readonly phases = {}
  readonly warmed: Promise<void>
  readonly whenEnded: Promise<void>
  retired = 0
  bytes: number | undefined
  ended = false
  warm: () => void
  readonly #tellEnded: () => void

  constructor (readonly id: string, readonly image: ImageDescription, readonly pooled: boolean, warm: boolean) {
    const warmed = gate()
    const ended = gate()
    this.warmed = warmed.opened
    this.whenEnded = ended.opened
    this.warm = warmed.open
    this.#tellEnded = ended.open
    if (warm) this.warm()
  }

  end (): void {
    this.ended = true
    this.warm()
    this.#tellEnded()
  }

  retire (): void {
    this.retired++
    this.end()
  }

  async exchange (): Promise<Exchange> { throw new Error('not used in these tests') }
  async ranOutOfMemory (): Promise<boolean> { return false }
}

/** Creates containers immediately, or after `gate`. If `fail` is set, throws it. */
export class FakeFactory implements SandboxFactory {
  readonly prepared: FakeReady[] = []
  readonly cold: FakeReady[] = []
  fail: Error | undefined
  gate: Promise<void> = Promise.resolve()
  warmAtOnce = true
  bytes = 10 * MIB
  overhead = 0
  /** If set, measurements wait for this promise. */
  measuring: Promise<void> = Promise.resolve()
  preparing = 0
  mostAtOnce = 0

  /** The limits of each resized container. */
  readonly resized: Array<[string, ContainerLimits]> = []
  /** The limits of each container that was created on demand. */
  readonly coldLimits: Array<ContainerLimits | undefined> = []
  canResize = true

  async lease (image: ImageDescription, limits?: ContainerLimits): Promise<Sandbox> {
    this.coldLimits.push(limits)
    const sandbox = new FakeReady(`cold${this.cold.length}`, image, false, true)
    this.cold.push(sandbox)
    return sandbox
  }

  async prepare (image: ImageDescription): Promise<ReadySandbox> {
    this.preparing++
    this.mostAtOnce = Math.max(this.mostAtOnce, this.preparing)
    try {
      await this.gate
      if (this.fail !== undefined) throw this.fail
      const sandbox = new FakeReady(`ready${this.prepared.length}`, image, true, this.warmAtOnce)
      this.prepared.push(sandbox)
      return sandbox
    } finally {
      this.preparing--
    }
  }

  async resize (sandbox: ReadySandbox, limits: ContainerLimits): Promise<boolean> {
    this.resized.push([sandbox.id, limits])
    return this.canResize
  }

  async idleBytes (sandbox: ReadySandbox): Promise<number> {
    await this.measuring
    return (sandbox as FakeReady).bytes ?? this.bytes
  }

  overheadBytes (): number { return this.overhead }

  /** Returns containers that are prepared and neither ended nor retired. */
  alive (image?: ImageDescription): FakeReady[] {
    return this.prepared.filter((sandbox) => !sandbox.ended && (image === undefined || sandbox.image.id === image.id))
  }
}

export class FakeChangingImages extends FakeImages implements ImageChanges {
  changed = () => {}
  onImagesChanged (listener: () => void): void { this.changed = listener }
}

export const POOL: PoolConfig = { images: [], min: 1, max: 8, memoryBytes: 512 * MIB, idleTtlMs: 60_000, maxAgeMs: 3_600_000 }

/** Starts a pool with fakes and with a clock that the test controls. */
export async function startPool (t: Test, present: ImageDescription[], config: Partial<PoolConfig> = {}, { realClock = false } = {}) {
  const factory = new FakeFactory()
  const images = new FakeChangingImages(present)
  const load = { running: 0, waiting: 0 }
  const clock = { now: 1_000_000 }
  const warnings: string[] = []
  const pool = new Pool({
    factory,
    images,
    load,
    config: { ...POOL, ...config },
    cores: 4,
    log: { debug: () => {}, warn: (_details, message) => { warnings.push(message) } },
    ...(realClock ? {} : { clock: () => clock.now }),
    tickMs: 5
  })
  t.teardown(async () => { await pool.close() })
  await pool.start()
  return { pool, factory, images, load, clock, warnings }
}
