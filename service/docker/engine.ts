import http from 'node:http'
import type { Duplex } from 'node:stream'
import { inspect } from 'node:util'

import type Docker from 'dockerode'

import { engineVersionFailed } from '../errors.js'
import type { EngineStatus, EngineVersion } from '../runs/ports.js'
import { openAttachStream } from './attach-stream.js'
import { dockerClient } from './docker-client.js'
import { noResponse, toServiceError } from './engine-errors.js'

/** Time for which the result of a ping is reused, in milliseconds. */
const PING_SHARED_MS = 250

interface EngineOptions {
  socketPath: string
  readTimeoutMs: number
  writeTimeoutMs: number
}

/**
 * docker-modem formats the options of each request for its debug log, even when the log is disabled. Formatting an
 * agent traverses all of its sockets, which takes 10 ms of CPU time per call.
 */
class TerseAgent extends http.Agent {
  [inspect.custom] (): string { return 'Agent' }
}

/** Client of the Docker engine. No other module knows how to reach the engine. */
export class Engine implements EngineStatus {
  readonly docker: Docker
  /** Timeout of an engine call in milliseconds. */
  readonly callMs: number
  readonly #socketPath: string
  readonly #agent: http.Agent
  #lastPing: { at: number, result: Promise<void> } | undefined

  constructor ({ socketPath, readTimeoutMs, writeTimeoutMs }: EngineOptions) {
    this.callMs = readTimeoutMs + writeTimeoutMs
    this.#socketPath = socketPath
    this.#agent = new TerseAgent({ keepAlive: true, maxFreeSockets: 64 })
    this.docker = dockerClient(socketPath, this.#agent)
  }

  /**
   * Makes an engine call with a timeout. Some calls of dockerode ignore the signal, so the timeout does not depend on
   * it.
   * @throws the error of the call, or the error of the timeout
   */
  async call<T> (invoke: (options: { abortSignal: AbortSignal }) => unknown): Promise<T> {
    const deadline = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const reason = noResponse(this.callMs)
        reject(reason)
        deadline.abort(reason)
      }, this.callMs)
    })
    try {
      return await Promise.race([invoke({ abortSignal: deadline.signal }) as Promise<T>, late])
    } finally {
      clearTimeout(timer)
    }
  }

  /**
   * Attaches to the container's stdin, stdout and stderr.
   * @throws Error with the engine's message and its `statusCode`, or the error of the connection
   */
  async attach (containerId: string): Promise<Duplex> {
    return await openAttachStream({ socketPath: this.#socketPath }, containerId, this.callMs)
  }

  /** Calls within a quarter of a second share one ping, because health checks do not require a token. */
  ping (): Promise<void> {
    if (this.#lastPing === undefined || performance.now() - this.#lastPing.at > PING_SHARED_MS) {
      this.#lastPing = { at: performance.now(), result: this.#ping() }
    }
    return this.#lastPing.result
  }

  async #ping (): Promise<void> {
    await this.call((options) => this.docker.ping(options as never))
      .catch((error) => { throw toServiceError(error, engineVersionFailed) })
  }

  /** @see Docker Engine API v1.41, SystemVersion */
  async version (): Promise<EngineVersion> {
    const raw = await this.call<Docker.DockerVersion>((options) => this.docker.version(options as never))
      .catch((error) => { throw toServiceError(error, engineVersionFailed) })
    return {
      version: raw.Version,
      apiVersion: raw.ApiVersion,
      gitCommit: raw.GitCommit,
      goVersion: raw.GoVersion,
      os: raw.Os,
      arch: raw.Arch,
      kernelVersion: raw.KernelVersion ?? '',
      buildTime: String(raw.BuildTime ?? ''),
      platform: { name: raw.Platform?.Name ?? '' },
      components: (raw.Components ?? []).map(({ Name, Version }) => ({ name: Name, version: Version }))
    }
  }

  close (): void {
    this.#agent.destroy()
  }
}
