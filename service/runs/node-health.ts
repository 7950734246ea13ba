import { setTimeout as sleep } from 'node:timers/promises'

import { overloaded, ServiceError } from '../errors.js'
import type { ImageDescription } from './ports.js'
import type { NodeStatus } from './status-ports.js'

/** Number of consecutive infrastructure errors that start a probe. */
const MAX_FAILURES = 3
/** Delays between the probes of a node that is not ready. The last delay repeats. Milliseconds. */
const PROBE_DELAYS_MS = [2000, 4000, 7000, 10_000]
/** Maximum time that a failed run waits for a probe in progress, in milliseconds. */
const MAX_WAIT_MS = 2000
/** Errors of runs whose program did not start, so that another machine may run them. */
const NOT_STARTED = new Set(['docker.container.create', 'docker.container.start', 'docker.container.attach', 'docker.unixsocket'])

interface NodeHealthParts {
  /** Runs a program. @throws ServiceError if runs fail */
  probe: (suspect: ImageDescription | undefined, signal: AbortSignal) => Promise<unknown>
  log: { info: (message: string) => void, error: (details: object, message: string) => void }
  probeDelaysMs?: readonly number[]
}

/**
 * Decides from the outcomes of runs whether this node can run programs. A node on which all runs fail must not appear
 * healthy: its errors are fast, so a load balancer would send it most requests.
 */
export class NodeHealth implements NodeStatus {
  readonly #parts: NodeHealthParts
  readonly #delaysMs: readonly number[]
  readonly #closing = new AbortController()
  #failures = 0
  #failedProbes = 0
  #suspect: ImageDescription | undefined
  #reason: string | undefined
  #probing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor (parts: NodeHealthParts) {
    this.#parts = parts
    this.#delaysMs = parts.probeDelaysMs ?? PROBE_DELAYS_MS
  }

  get reason (): string | undefined { return this.#reason }

  /** @throws ServiceError `overloaded` (503) while runs fail */
  refuseIfFailing (): void {
    if (this.#reason !== undefined) throw this.#refusal(this.#reason)
  }

  /** Must be called after a run with a result. */
  succeeded (): void {
    this.#failures = 0
  }

  /**
   * Must be called after a run that failed with an error.
   * @returns the error for the client: `overloaded` (503) if the run did not start and the node is not ready
   */
  async failed (error: unknown, image: ImageDescription): Promise<unknown> {
    if (!isInfrastructureError(error)) return error
    this.#failures++
    this.#suspect = image
    if (this.#failures >= MAX_FAILURES && this.#reason === undefined) this.#startProbe()
    if (this.#probing !== undefined) await Promise.race([this.#probing, sleep(MAX_WAIT_MS, undefined, { ref: false })])
    return this.#reason !== undefined && NOT_STARTED.has(error.slug) ? this.#refusal(this.#reason, error) : error
  }

  /** Must be called when the engine responds again. Repeats the probe of a node that is not ready immediately. */
  recheck (): void {
    if (this.#reason === undefined) return
    clearTimeout(this.#timer)
    this.#startProbe()
  }

  /** Stops the probes. Resolves when no probe is in progress. */
  async close (): Promise<void> {
    this.#closing.abort()
    clearTimeout(this.#timer)
    await this.#probing
  }

  #startProbe (): void {
    if (this.#closing.signal.aborted) return
    this.#probing ??= this.#probe().finally(() => { this.#probing = undefined })
  }

  async #probe (): Promise<void> {
    try {
      await this.#parts.probe(this.#suspect, this.#closing.signal)
      this.#works()
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#fails(error as Error)
    }
  }

  #works (): void {
    if (this.#reason !== undefined) this.#parts.log.info('ready: runs work again')
    this.#reason = undefined
    this.#failures = 0
    this.#failedProbes = 0
  }

  #fails (err: Error): void {
    if (this.#reason === undefined) this.#parts.log.error({ err }, 'not ready: runs fail, and so does a probe; it is repeated until it works')
    this.#reason = `Runs fail on this machine: ${err.message}`
    this.#timer = setTimeout(() => this.#startProbe(), this.#delayMs())
    this.#timer.unref()
    this.#failedProbes++
  }

  #delayMs (): number {
    return this.#delaysMs[Math.min(this.#failedProbes, this.#delaysMs.length - 1)] ?? 0
  }

  #refusal (reason: string, cause?: ServiceError): ServiceError {
    return overloaded(reason, Math.max(1, Math.ceil(this.#delayMs() / 1000)), { cause })
  }
}

/** Whether the engine failed, not the image, its program or the client. */
export function isInfrastructureError (error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.statusCode === 500 && error.slug.startsWith('docker.')
}
