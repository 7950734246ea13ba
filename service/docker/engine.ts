import http from 'node:http'
import { inspect } from 'node:util'

import Docker from 'dockerode'

import { engineUnreachable, engineVersionFailed, type ServiceError } from '../errors.js'
import type { EngineStatus, EngineVersion } from '../runs/ports.js'

const PING_SHARED_MS = 250

interface EngineOptions {
  socketPath: string
  readTimeoutMs: number
  writeTimeoutMs: number
}

/**
 * docker-modem describes each request's options for its debug log, switched on or not, and by an agent's sockets that is
 * a walk through all that hangs on them: 10 ms of CPU a call.
 */
class TerseAgent extends http.Agent {
  [inspect.custom] (): string { return 'Agent' }
}

/** The engine's client: the one place that knows dockerode. */
export class Engine implements EngineStatus {
  readonly docker: Docker
  readonly socketPath: string
  /** Longest wait for one engine call, milliseconds: to send it and to be answered. */
  readonly callMs: number
  readonly #agent: http.Agent
  #pinged: { at: number, answer: Promise<void> } | undefined

  constructor ({ socketPath, readTimeoutMs, writeTimeoutMs }: EngineOptions) {
    this.callMs = readTimeoutMs + writeTimeoutMs
    this.socketPath = socketPath
    this.#agent = new TerseAgent({ keepAlive: true, maxFreeSockets: 64 })
    // Named in full, or DOCKER_HOST and its kin would decide: the socket path is ours to say.
    const options = { socketPath, agent: this.#agent, host: undefined, protocol: 'http', ca: undefined, cert: undefined, key: undefined }
    this.docker = new Docker(options as unknown as Docker.DockerOptions)
  }

  /**
   * Makes one engine call with its deadline. Not every call of dockerode heeds the signal, so the wait ends by itself too.
   * @throws what the call throws, or the signal's reason
   */
  async call<T> (invoke: (options: { abortSignal: AbortSignal }) => unknown): Promise<T> {
    const deadline = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const reason = noAnswer(this.callMs)
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

  /** Whoever asks within a quarter of a second gets the same answer: health checks need no token. */
  ping (): Promise<void> {
    if (this.#pinged === undefined || performance.now() - this.#pinged.at > PING_SHARED_MS) {
      this.#pinged = { at: performance.now(), answer: this.#ping() }
    }
    return this.#pinged.answer
  }

  async #ping (): Promise<void> {
    await this.call((options) => this.docker.ping(options as never)).catch((error) => { throw this.fault(error, engineVersionFailed) })
  }

  /** @see Docker Engine API v1.41, SystemVersion */
  async version (): Promise<EngineVersion> {
    const raw = await this.call<Docker.DockerVersion>((options) => this.docker.version(options as never))
      .catch((error) => { throw this.fault(error, engineVersionFailed) })
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

  /**
   * Turns a failed call into the client's error: unreachable where no connection could be made, else what `otherwise` makes
   * of it, a call that was left without its answer too.
   */
  fault (error: unknown, otherwise: (message: string, cause: unknown) => ServiceError): ServiceError {
    return isConnectFault(error) ? unreachable(error) : otherwise(withoutHostPaths(sentenceOf(error)), error)
  }
}

/** The error of a call that had no answer within its time, milliseconds. */
export function noAnswer (ms: number): Error {
  return new DOMException(`The engine did not answer within ${ms} ms (DOCKER_UNIX_SOCKET_READ_TIMEOUT and _WRITE_TIMEOUT together)`, 'TimeoutError')
}

/** The engine itself refused what it was asked for: a 4xx of its. */
export function isRefusal (error: unknown): boolean {
  const status = statusOf(error) ?? 0
  return status >= 400 && status < 500
}

/** The engine's status for a failed call; undefined where it gave none. */
export function statusOf (error: unknown): number | undefined {
  return (error as { statusCode?: number } | null)?.statusCode
}

/** The engine's own sentence, without the client's «(HTTP code 404) no such image - » before it. */
export function messageOf (error: unknown): string {
  const json = (error as { json?: { message?: unknown } } | null)?.json
  if (typeof json?.message === 'string') return json.message
  return error instanceof Error ? error.message : String(error)
}

/** The engine tells of its own folders in its faults; they are no client's business, and stay in the log. */
function withoutHostPaths (message: string): string {
  return message.replace(/\/(?:var|run|root|home|mnt|srv|sys|proc)\/[^\s"',;:]+/g, '(a path of the host)')
}

const EXPLANATIONS: Record<string, string> = {
  ENOENT: 'there is no socket at DOCKER_UNIX_SOCKET_PATH; is the engine running?',
  ECONNREFUSED: 'nothing listens on the socket at DOCKER_UNIX_SOCKET_PATH; is the engine running?',
  EACCES: 'permission denied on the socket at DOCKER_UNIX_SOCKET_PATH; the service must be in its group'
}

/** connect(2) failed. What breaks off later is the fault of the call that was under way. */
function isConnectFault (error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.syscall === 'connect'
}

function sentenceOf (error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return code === 'ECONNRESET' || code === 'EPIPE' ? `The connection to the engine broke off (${code})` : messageOf(error)
}

function unreachable (error: unknown): ServiceError {
  const { code = '' } = error as NodeJS.ErrnoException
  return engineUnreachable(`Can't reach the Docker engine: ${EXPLANATIONS[code] ?? code}`, error)
}
