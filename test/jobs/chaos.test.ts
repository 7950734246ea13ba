import { setTimeout as sleep } from 'node:timers/promises'

import t from 'tap'

import { RunEngine } from '../fleet/run-engine.js'
import { COMPLETED } from '../unit/fakes.js'
import { run, startNode, until, type Node, type Test } from './kit.js'
import { RedisServer } from './redis-server.js'
import { WebhookReceiver } from './webhook-receiver.js'

const JOBS = 2000
const PER_REQUEST = 500
const RUN_MS = 300
const KILL_MS = 10_000
/** Time for all jobs, in milliseconds; it only ends a test that hangs. */
const ALL_MS = 400_000
/** The documented time until the jobs of a killed worker run again, in milliseconds. */
const RESUME_MS = 35_000
const WEBHOOKS = { WEBHOOK_ALLOW: '127.0.0.1', WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 3).toString('base64')}` }
/** On a busy machine, a simulated run can take seconds. */
const LONG_RUNS = { RUN_MAX_EXECUTION_TIME: '300' }
const WORKER = { SERVER_MODE: 'worker', SERVER_WORKER_THREADS: '4', JOBS_WORKERS: '4', ...LONG_RUNS, ...WEBHOOKS }

/** Services that run jobs. Each can be killed and started again with its engine. */
class Workers {
  readonly lines: Array<Record<string, unknown>> = []
  readonly executions = new Map<string, number>()
  kills = 0
  #nodes: Node[] = []

  constructor (private readonly t: Test, private readonly redisUrl: string) {}

  async start (count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const engine = await RunEngine.start(this.t)
      engine.runMs = RUN_MS
      engine.onPayload = (payload) => this.#count(payload)
      this.#nodes.push(await this.#startNode(engine))
    }
  }

  /** Kills one worker after another until the condition is true. */
  async killUntil (condition: () => Promise<boolean>): Promise<void> {
    let nextKill = Date.now() + KILL_MS
    for (const deadline = Date.now() + ALL_MS; !await condition();) {
      if (Date.now() > deadline) throw new Error('the jobs did not finish')
      if (Date.now() >= nextKill) {
        await this.#killOne()
        nextKill = Date.now() + KILL_MS
      }
      await sleep(500)
    }
  }

  async #killOne (): Promise<void> {
    const killed = this.#nodes.shift() as Node
    await killed.kill()
    this.kills++
    this.#nodes.push(await this.#startNode(killed.engine))
  }

  async #startNode (engine: RunEngine): Promise<Node> {
    const node = await startNode(this.t, this.redisUrl, WORKER, engine)
    this.lines.push(...node.lines)
    node.lines.push = (...lines) => this.lines.push(...lines)
    return node
  }

  #count (payload: string): void {
    const [, nonce = ''] = /nonce-(\d+)/.exec(payload) ?? []
    this.executions.set(nonce, (this.executions.get(nonce) ?? 0) + 1)
  }
}

void t.test('2,000 jobs on three services, one of which is killed every 10 s', async (t) => {
  const redis = await RedisServer.start(t)
  const receiver = await WebhookReceiver.start(t)
  const front = await startNode(t, redis.url, { JOBS_WORKERS: '0', ...WEBHOOKS })
  const workers = new Workers(t, redis.url)
  await workers.start(3)
  const ids: string[] = []
  for (let at = 0; at < JOBS; at += PER_REQUEST) {
    const runs = Array.from({ length: PER_REQUEST }, (_, index) => run(`echo nonce-${at + index}`))
    const { status, body } = await front.request('/jobs', { body: { runs, webhook: receiver.url() } })
    t.equal(status, 202)
    ids.push(...body.ids)
  }
  const webhookIds = () => new Set(receiver.received.map(({ headers }) => headers['webhook-id']))
  await workers.killUntil(async () => await count(front, 'completed') + await count(front, 'failed') === JOBS && webhookIds().size === JOBS)

  const incomplete: unknown[] = []
  for (const id of ids) {
    const job = await front.job(id)
    if (job.status !== 'completed' || job.result.stdout !== COMPLETED.stdout) incomplete.push(job)
  }
  t.same(incomplete, [], 'each job has its result')
  t.equal(workers.executions.size, JOBS, 'each program ran')
  const repeated = [...workers.executions.values()].filter((times) => times > 1).length
  t.ok(repeated <= workers.kills * 4 * 2, `${repeated} programs ran again after ${workers.kills} kills`)
  t.ok(workers.kills >= 2, `${workers.kills} kills`)
  const finished = workers.lines.filter(({ msg }) => msg === 'job').map(({ jobId }) => jobId)
  t.equal(new Set(finished).size, finished.length, 'no job finished twice')
  t.same(webhookIds(), new Set(ids.map((id) => `msg_${id}`)))
  t.comment(`${repeated} programs repeated, ${workers.kills} kills, ${receiver.received.length} webhooks, ${finished.length} log lines`)
})

void t.test('the job of a killed service runs on another service within 35 s', async (t) => {
  const redis = await RedisServer.start(t)
  const first = await startNode(t, redis.url, LONG_RUNS)
  first.engine.runMs = 60_000
  const id = await first.add()
  await until(() => first.engine.started === 1, 'the job to start')
  await sleep(8000)
  const second = await startNode(t, redis.url, LONG_RUNS)
  await first.kill()
  const killedAt = performance.now()
  await until(() => second.engine.started === 1, 'the job to start again')
  const ms = Math.round(performance.now() - killedAt)
  t.ok(ms < RESUME_MS, `${ms} ms`)
  t.comment(`resumed after ${ms} ms`)
  t.match(await second.job(id, '?wait=10'), { status: 'completed' })
})

async function count (node: Node, status: string): Promise<number> {
  const { body } = await node.request('/metrics')
  return Number(new RegExp(`^runonce_jobs\\{token="default",status="${status}"\\} (\\d+)$`, 'm').exec(body)?.[1] ?? 0)
}
