import type { RunConfig } from '../config/config.js'
import type { WireLimits } from '../protocol/limits.js'
import { encodePayload, payloadOfCode } from '../protocol/payload.js'
import type { Payload } from '../protocol/payload-schema.js'
import type { RunResult } from '../protocol/result.js'
import type { ContainerLimits, ImageDescription, Sandbox, Sandboxes } from '../runs/ports.js'
import { runInSandbox } from '../runs/run-in-sandbox.js'

interface RunOptions {
  limits?: WireLimits | undefined
  containerLimits?: ContainerLimits | undefined
}

/** Runs programs in the same way as the service, one after another. */
export class DoctorRuns {
  constructor (private readonly image: ImageDescription, private readonly limits: RunConfig, private readonly signal: AbortSignal) {}

  /** Runs a shell command. @throws ServiceError if the engine or the image fails */
  async command (sandboxes: Sandboxes, command: string, { limits, containerLimits }: RunOptions = {}): Promise<RunResult> {
    return await this.#run(await sandboxes.lease(this.image, containerLimits), { files: [], command }, limits)
  }

  /** Runs the hello program of the image. @returns whether its container was waiting in the pool */
  async hello (sandboxes: Sandboxes): Promise<{ result: RunResult, pooled: boolean }> {
    const { main = 'main', hello = '' } = this.image.language ?? {}
    const sandbox = await sandboxes.lease(this.image)
    return { result: await this.#run(sandbox, payloadOfCode(main, hello, '')), pooled: sandbox.pooled }
  }

  async #run (sandbox: Sandbox, payload: Payload, requested?: WireLimits): Promise<RunResult> {
    const submission = encodePayload(payload, { requested, maximum: this.limits, version: this.image.language?.protocol ?? 1 })
    try {
      const decoded = await runInSandbox(sandbox, { ...submission, image: this.image, signal: this.signal })
      if (decoded === undefined) throw new Error('the container ended before its run')
      return decoded.result
    } finally {
      sandbox.retire()
    }
  }
}
