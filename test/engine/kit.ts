import { randomBytes } from 'node:crypto'
import type { Agent } from 'node:http'

import { spawnService as spawnProcess, type ServiceProcess } from '../../tools/lib/service-process.js'
import { containersNamed, docker, socketPath } from './engine.js'
import { send, type Answer } from './http-client.js'
import type { File, Result, Test } from './types.js'
import { until } from './until.js'

export { docker, inspect, needImages, socketPath } from './engine.js'
export { dockerRun, type DockerRunOptions } from './docker-run.js'
export { freePort, type Answer } from './http-client.js'
export { buildImage, foreignImage } from './foreign-image.js'
export type { File, Result, Test } from './types.js'
export { until } from './until.js'

export const TOKEN = 'engine-test-7c1f0a9d4b'
/** The time limit of a test file, in milliseconds. */
const FILE_TIMEOUT_MS = 480_000
/** Removes the code that tap loads into every child process. */
const WITHOUT_TAP = ['env', '-u', 'NODE_OPTIONS']
/** Runs a command as root without the capabilities that bypass file permissions: setpriv(1). */
const SETPRIV = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--inh-caps', '-dac_override,-dac_read_search']

export interface Request { method?: string, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal, token?: string | null, agent?: Agent }

const MAIN: Record<string, string> = {
  python: 'main.py', javascript: 'main.js', typescript: 'main.ts', ruby: 'main.rb', java: 'Main.java', c: 'main.c', cpp: 'main.cpp', go: 'main.go', bash: 'main.sh', php: 'main.php', perl: 'main.pl', plaintext: 'main.txt'
}

/** A service process on a free port. Its containers have a unique host name, which distinguishes them from containers of other services. */
export class Service {
  constructor (private readonly started: ServiceProcess, readonly logs: Array<Record<string, unknown>>, readonly hostname: string) {}

  get process () { return this.started.child }
  get stderr () { return this.started.stderr }
  get url () { return this.started.url }
  get exited () { return this.started.exited }

  async request (path: string, { method = 'GET', body, headers = {}, signal, token = TOKEN, agent }: Request = {}): Promise<Answer> {
    return await send(this.url + path, {
      method,
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      signal,
      agent
    })
  }

  async post (path: string, body: unknown, more: Request = {}): Promise<Answer> {
    return await this.request(path, { method: 'POST', body, ...more })
  }

  /** Runs a program, given as one text or several files, in the image of a language. Throws if the response is not a result. */
  async run (language: string, code: string | File[], payload: object = {}): Promise<Result> {
    const { status, body } = await this.post('/run', submission(language, code, payload))
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body
  }

  /** Returns the containers of this service in any state. */
  containers () { return containersNamed(this.hostname) }

  /** Waits until `count` containers of this service are running. */
  async running (count: number) {
    return await until(async () => {
      const running = (await this.containers()).filter(({ State }) => State.Running)
      return running.length === count && running
    }, `${count} running containers`)
  }

  async listening () { await this.started.listening() }

  /** Sends SIGTERM. Resolves with the exit code. */
  async stop () { return await this.started.stop() }
}

export interface StartOptions {
  env?: Record<string, string | undefined>
  /** If true, the test stops the service itself, and any exit code is accepted. */
  endedByTest?: boolean
  /** If true, the service cannot access folders of other users, even as root. */
  withoutRootsRights?: boolean
}

/**
 * Starts a service and stops it after the test. The service must then exit with code 0, and all of its containers must be removed.
 * The pool is disabled unless `env` enables it.
 */
export async function startService (t: Test, { env = {}, endedByTest = false, withoutRootsRights = false }: StartOptions = {}): Promise<Service> {
  t.setTimeout(FILE_TIMEOUT_MS)
  await docker.ping().catch((error: Error) => { throw new Error(`No Docker engine responds at ${socketPath}: ${error.message}`) })
  const service = spawnService(env, withoutRootsRights ? SETPRIV : [])
  t.teardown(async () => {
    const code = await service.stop()
    if (code !== 0 && !endedByTest) throw new Error(`the service exited with ${code}: ${service.stderr}`)
    await until(async () => (await service.containers()).length === 0, 'the removal of all containers of this service')
  })
  await service.listening()
  return service
}

/** Starts a service with the usual test settings, which `env` overrides (undefined unsets a variable). The caller waits for the service and stops it. */
export function spawnService (env: Record<string, string | undefined>, wrapper: string[] = []): Service {
  const settings = {
    PATH: process.env.PATH,
    API_ACCESS_TOKEN: TOKEN,
    SERVER_LISTEN_ADDR: '127.0.0.1',
    SERVER_LISTEN_PORT: '0',
    DOCKER_UNIX_SOCKET_PATH: socketPath,
    DOCKER_CONTAINER_HOSTNAME: `test-${randomBytes(6).toString('hex')}`,
    POOL_MAX: '0',
    // On a busy machine, creating a container can exceed the default timeout.
    DOCKER_UNIX_SOCKET_READ_TIMEOUT: '30',
    ...env
  }
  const logs: Array<Record<string, unknown>> = []
  const started = spawnProcess({ env: settings, wrapper: [...WITHOUT_TAP, ...wrapper], onLine: (line) => logs.push(JSON.parse(line)) })
  return new Service(started, logs, settings.DOCKER_CONTAINER_HOSTNAME ?? 'runonce')
}

/** Returns the body of `POST /run` for a program in the image of a language. */
export function submission (language: string, code: string | File[], payload: object = {}) {
  const files = typeof code === 'string' ? [{ name: MAIN[language] ?? 'main', content: code }] : code
  return { image: `runonce/${language}:latest`, payload: { files, ...payload } }
}
