import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Agent } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { containersNamed, docker, socketPath } from './engine.js'
import { send, type Answer } from './http-client.js'

export { containersOfOurs, docker, inspect, needImages, socketPath } from './engine.js'
export { dockerRun, type DockerRunOptions } from './docker-run.js'
export { freePort, type Answer } from './http-client.js'
export { buildImage, foreignImage } from './foreign-image.js'

export const TOKEN = 'engine-test-7c1f0a9d4b'
/** A file's time in all, milliseconds: a hung test ends, and says so. */
const FILE_TIMEOUT_MS = 480_000
/** A wait's default deadline, milliseconds: it only ends a test that hangs. */
const WAIT_MS = 60_000
/** tap loads code of its own into every child: the service's memory and start are measured without. */
const WITHOUT_TAP = ['env', '-u', 'NODE_OPTIONS']
/** setpriv(1): root, but held to the permission bits of files. */
const SETPRIV = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--inh-caps', '-dac_override,-dac_read_search']
const SERVER = fileURLToPath(new URL('../../dist/server.js', import.meta.url))

export interface File { name: string, content: string }

/** docs/protocol.md's result. */
export interface Result {
  stdout: string
  stderr: string
  error: string
  duration: number
  outcome: string
  exitCode: number | null
  signal: string | null
  stdoutBytes: number
  stderrBytes: number
  stdoutTruncated: boolean
  stderrTruncated: boolean
  stdoutBase64?: string
  stderrBase64?: string
  cpuTime: number
  memoryPeak: number | null
  build?: { stdout: string, stderr: string, exitCode: number | null, duration: number }
  phase: 'build' | 'run'
}

export interface Request { method?: string, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal, token?: string | null, agent?: Agent }

/** The few things of a tap test that the kit needs. */
export interface Test { teardown (fn: () => Promise<void>): void, setTimeout (ms: number): void }

const MAIN: Record<string, string> = {
  python: 'main.py', javascript: 'main.js', typescript: 'main.ts', ruby: 'main.rb', java: 'Main.java', c: 'main.c', cpp: 'main.cpp', go: 'main.go', bash: 'main.sh', php: 'main.php', perl: 'main.pl', plaintext: 'main.txt'
}

/** One service process on a free port. Its containers carry a host name of their own, by which they are told from others'. */
export class Service {
  readonly logs: Array<Record<string, unknown>> = []
  stderr = ''
  url = ''
  readonly exited: Promise<number | null>

  constructor (readonly process: ChildProcess, readonly hostname: string) {
    this.exited = new Promise((resolve) => process.on('exit', resolve))
    process.stderr?.on('data', (chunk) => { this.stderr += chunk })
    createInterface({ input: process.stdout! }).on('line', (line) => this.logs.push(JSON.parse(line)))
  }

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

  /** Runs a program, a text or files, in the language's image. Throws when the answer is no result. */
  async run (language: string, code: string | File[], payload: object = {}): Promise<Result> {
    const { status, body } = await this.post('/run', submission(language, code, payload))
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body
  }

  /** The containers of this service, in whatever state. */
  containers () { return containersNamed(this.hostname) }

  /** Waits for `count` running containers of this service. */
  async running (count: number) {
    return await until(async () => {
      const running = (await this.containers()).filter(({ State }) => State.Running)
      return running.length === count && running
    }, `${count} running containers`)
  }

  /** SIGTERM; resolves with the exit code. */
  async stop (): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGTERM')
    return await this.exited
  }
}

export interface StartOptions {
  env?: Record<string, string | undefined>
  /** It may be ended by the test in its own way; nothing is asserted of its exit code. */
  endedByTest?: boolean
  /** Started by root, it may enter other users' folders as little as anybody else. */
  withoutRootsRights?: boolean
}

/**
 * Starts a service and stops it with the test: it must then exit with 0, and no container of its may be left.
 * The pool is off unless `env` says otherwise.
 */
export async function startService (t: Test, { env = {}, endedByTest = false, withoutRootsRights = false }: StartOptions = {}): Promise<Service> {
  t.setTimeout(FILE_TIMEOUT_MS)
  await docker.ping().catch((error: Error) => { throw new Error(`No Docker engine answers at ${socketPath}: ${error.message}`) })
  const service = spawnService(env, withoutRootsRights ? SETPRIV : [])
  t.teardown(async () => {
    const code = await service.stop()
    if (code !== 0 && !endedByTest) throw new Error(`the service exited with ${code}: ${service.stderr}`)
    await until(async () => (await service.containers()).length === 0, 'no container of this service to be left')
  })
  await until(() => listening(service) !== undefined || service.process.exitCode !== null, 'the service to listen')
  const line = listening(service)
  if (line === undefined) throw new Error(`the service did not start: ${service.stderr}`)
  service.url = `http://127.0.0.1:${line.port}`
  return service
}

/** A service process with the tests' usual settings, and `env` over them (undefined: absent). Nobody waits for it, nobody ends it. */
export function spawnService (env: Record<string, string | undefined>, wrapper: string[] = []): Service {
  const settings = {
    PATH: process.env.PATH,
    API_ACCESS_TOKEN: TOKEN,
    SERVER_LISTEN_ADDR: '127.0.0.1',
    SERVER_LISTEN_PORT: '0',
    DOCKER_UNIX_SOCKET_PATH: socketPath,
    DOCKER_CONTAINER_HOSTNAME: `test-${randomBytes(6).toString('hex')}`,
    POOL_MAX: '0',
    ...env
  }
  const [command = '', ...args] = [...WITHOUT_TAP, ...wrapper, process.execPath, SERVER]
  return new Service(spawn(command, args, { env: settings, stdio: ['ignore', 'pipe', 'pipe'] }), settings.DOCKER_CONTAINER_HOSTNAME ?? 'runonce')
}

/** The body of `POST /run` for a program in the language's image. */
export function submission (language: string, code: string | File[], payload: object = {}) {
  const files = typeof code === 'string' ? [{ name: MAIN[language] ?? 'main', content: code }] : code
  return { image: `runonce/${language}:latest`, payload: { files, ...payload } }
}

/** Polls every 10 ms until `condition` gives something, and gives it. Throws at the deadline. */
export async function until<T> (condition: () => T | false | undefined | Promise<T | false | undefined>, what = 'the condition', ms = WAIT_MS): Promise<T> {
  for (const deadline = Date.now() + ms; ;) {
    const value = await condition()
    if (value !== false && value !== undefined) return value
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function listening (service: Service) {
  return service.logs.find(({ msg }) => msg === 'listening')
}
