import { setTimeout as sleep } from 'node:timers/promises'

import { startService, type ServiceProcess } from '../../tools/lib/service-process.js'
import { send, type Answer } from '../engine/http-client.js'
import { IMAGE, RunEngine, type Test } from '../fleet/run-engine.js'
import { gate } from '../unit/fakes.js'

export type { Test } from '../fleet/run-engine.js'

export const TOKEN = 'jobs-test-3f8e6a11d2'
export const SECOND_TOKEN = 'jobs-test-second-90c4'
export const ONE_AT_A_TIME = { SERVER_WORKER_THREADS: '1', JOBS_WORKERS: '1' }
/** Timeout in milliseconds, which only ends a test that hangs. */
const WAIT_MS = 60_000
const POLL_MS = 20
/** Removes the code that tap loads into every child process. */
const WITHOUT_TAP = ['env', '-u', 'NODE_OPTIONS']

interface Request { method?: string, body?: object | undefined, token?: string, headers?: Record<string, string> }

/** A service with a simulated engine. */
export class Node {
  constructor (readonly engine: RunEngine, readonly service: ServiceProcess, readonly lines: Array<Record<string, unknown>>) {}

  async request (path: string, { body, method = body === undefined ? 'GET' : 'POST', token = TOKEN, headers = {} }: Request = {}): Promise<Answer> {
    return await send(this.service.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body)
    })
  }

  /** Creates one job. Resolves with its ID. */
  async add (body: object = {}, token = TOKEN): Promise<string> {
    const response = await this.request('/jobs', { body: { ...run(), ...body }, token })
    if (response.status !== 202) throw new Error(`${response.status} ${JSON.stringify(response.body)}`)
    return response.body.ids[0]
  }

  async job (id: string, query = '', token = TOKEN) {
    return (await this.request(`/jobs/${id}${query}`, { token })).body
  }

  async kill (): Promise<void> {
    this.service.child.kill('SIGKILL')
    await this.service.exited
  }
}

/** Returns the members of a run. */
export function run (content = 'echo hi') {
  return { image: IMAGE, payload: { files: [{ name: 'main.sh', content }] } }
}

/** Starts the built service with Redis, and stops it after the test. */
export async function startNode (t: Test, redisUrl: string, env: Record<string, string> = {}, engine?: RunEngine): Promise<Node> {
  const used = engine ?? await RunEngine.start(t)
  const lines: Array<Record<string, unknown>> = []
  const service = await startService({
    env: {
      PATH: process.env['PATH'],
      API_ACCESS_TOKEN: TOKEN,
      API_ACCESS_TOKENS: `second:${SECOND_TOKEN}`,
      SERVER_LISTEN_PORT: '0',
      DOCKER_UNIX_SOCKET_PATH: used.socketPath,
      POOL_MAX: '0',
      REDIS_URL: redisUrl,
      ...env
    },
    wrapper: WITHOUT_TAP,
    onLine: (line) => lines.push(JSON.parse(line))
  })
  t.teardown(async () => { await service.stop() })
  return new Node(used, service, lines)
}

/** Starts a service that runs one job at a time. Its first job runs until `open` is called. */
export async function startBusyNode (t: Test, redisUrl: string): Promise<{ node: Node, first: string, open: () => void }> {
  const node = await startNode(t, redisUrl, ONE_AT_A_TIME)
  const { opened, open } = gate()
  node.engine.gate = opened
  const first = await node.add()
  await until(async () => (await node.job(first)).status === 'active', 'the first job to start')
  return { node, first, open }
}

/** Polls until `condition` is true. @throws Error after the timeout */
export async function until (condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + WAIT_MS; !await condition();) {
    if (Date.now() > deadline) throw new Error(`waited ${WAIT_MS} ms for ${what}`)
    await sleep(POLL_MS)
  }
}
