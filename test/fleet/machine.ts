import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { send, type Answer } from '../engine/http-client.js'
import { IMAGE, RunEngine } from './run-engine.js'

export const TOKEN = 'fleet-test-2b9d51c07e'
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Ends only a test that hangs. */
const WAIT_MS = 60_000
const POLL_MS = 20

/** The few things of a tap test that the helpers need. */
export interface Test { teardown (fn: () => void | Promise<void>): void }

/** A service process with an engine of its own, which the test controls. */
export class Machine {
  constructor (readonly engine: RunEngine, readonly process: ChildProcess, readonly port: number) {}

  /** A request past the load balancer. */
  async request (path: string, body?: object): Promise<Answer> {
    return await send(`http://127.0.0.1:${this.port}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body)
    })
  }

  /** Responses of POST /run with that status so far. */
  async responses (status: number): Promise<number> {
    const { body } = await this.request('/metrics')
    const line = new RegExp(`^runonce_http_\\w+_total\\{method="POST",route="/run",status="${status}"\\} (\\d+)$`, 'm')
    return Number(line.exec(body)?.[1] ?? 0)
  }
}

/** The body of a run. */
export const RUN = runOf('echo hi')

export function runOf (content: string) {
  return { image: IMAGE, payload: { files: [{ name: 'main.sh', content }] } }
}

/** Starts the built service with `env` over the tests' settings, and stops it with the test. */
export async function startMachine (t: Test, env: Record<string, string> = {}): Promise<Machine> {
  const engine = await RunEngine.start(t)
  const settings = {
    PATH: process.env['PATH'],
    API_ACCESS_TOKEN: TOKEN,
    SERVER_LISTEN_PORT: '0',
    DOCKER_UNIX_SOCKET_PATH: engine.socketPath,
    POOL_MAX: '0',
    ...env
  }
  const child = spawn(process.execPath, ['dist/server.js'], { cwd: ROOT, env: settings, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGTERM')
    await exited
  })
  const port = await new Promise<number>((resolve, reject) => {
    void exited.then(([code]) => reject(new Error(`the service did not start: exit code ${code}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { msg, port } = JSON.parse(line)
      if (msg === 'listening') resolve(port)
    })
  })
  return new Machine(engine, child, port)
}

/** Polls until `condition` is true. @throws Error when it takes too long */
export async function until (condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + WAIT_MS; !await condition();) {
    if (Date.now() > deadline) throw new Error(`waited ${WAIT_MS} ms for ${what}`)
    await sleep(POLL_MS)
  }
}
