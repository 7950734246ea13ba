import { setTimeout as sleep } from 'node:timers/promises'

import { startService, type ServiceProcess } from '../../tools/lib/service-process.js'
import { send, type Answer } from '../engine/http-client.js'
import { IMAGE, RunEngine, type Test } from './run-engine.js'

export const TOKEN = 'fleet-test-2b9d51c07e'
/** Timeout in milliseconds, which only ends a test that hangs. */
const WAIT_MS = 60_000
const POLL_MS = 20
/** Removes the code that tap loads into every child process. */
const WITHOUT_TAP = ['env', '-u', 'NODE_OPTIONS']

/** A service process with a separate engine that the test controls. */
export class Machine {
  readonly address: string

  /**
   * @param lines the service log, which grows
   * @param startAgain starts the service with the same engine at the same port
   */
  constructor (readonly engine: RunEngine, private service: ServiceProcess, private readonly lines: string[], private readonly startAgain: (port: string) => Promise<ServiceProcess>) {
    this.address = new URL(service.url).host
  }

  get log (): string { return this.lines.join('\n') }

  /** Sends a request directly, not through the load balancer. */
  async request (path: string, body?: object): Promise<Answer> {
    return await send(this.service.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body)
    })
  }

  /** Returns the number of responses to POST /run with this status so far. */
  async responses (status: number): Promise<number> {
    const { body } = await this.request('/metrics')
    const line = new RegExp(`^runonce_http_responses_total\\{method="POST",route="/run",status="${status}"\\} (\\d+)$`, 'm')
    return Number(line.exec(body)?.[1] ?? 0)
  }

  /** Stops the service with SIGTERM. Returns the exit code. */
  async stop (): Promise<number | null> {
    return await this.service.stop()
  }

  /** Kills the service with SIGKILL. */
  async kill (): Promise<void> {
    this.service.child.kill('SIGKILL')
    await this.service.exited
  }

  /** Makes the service read its tokens file again. */
  reload (): void {
    this.service.child.kill('SIGHUP')
  }

  /** Starts the service again after it was stopped or killed. */
  async start (): Promise<void> {
    this.service = await this.startAgain(new URL(this.service.url).port)
  }
}

/** Returns the body of a run request. */
export const RUN = runOf('echo hi')

export function runOf (content: string) {
  return { image: IMAGE, payload: { files: [{ name: 'main.sh', content }] } }
}

/** Starts the built service with the test settings, which `env` overrides, and stops it after the test. */
export async function startMachine (t: Test, env: Record<string, string> = {}): Promise<Machine> {
  const engine = await RunEngine.start(t)
  const lines: string[] = []
  const start = async (port: string) => await startService({
    env: {
      PATH: process.env['PATH'],
      API_ACCESS_TOKEN: TOKEN,
      SERVER_LISTEN_PORT: port,
      DOCKER_UNIX_SOCKET_PATH: engine.socketPath,
      POOL_MAX: '0',
      ...env
    },
    wrapper: WITHOUT_TAP,
    onLine: (line) => { lines.push(line) }
  })
  const machine = new Machine(engine, await start('0'), lines, start)
  t.teardown(async () => { await machine.stop() })
  return machine
}

/** Polls until `condition` is true. @throws Error after the timeout */
export async function until (condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + WAIT_MS; !await condition();) {
    if (Date.now() > deadline) throw new Error(`waited ${WAIT_MS} ms for ${what}`)
    await sleep(POLL_MS)
  }
}
