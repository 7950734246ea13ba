import { randomBytes } from 'node:crypto'

import t from 'tap'

import { containerIdentity } from '../../../service/docker/identity.js'
import { docker, freePort, needImages, startService, submission, until, type Service, type Test } from '../../engine/kit.js'
import { RedisServer } from '../../jobs/redis-server.js'
import { startLoadBalancer, type Response } from '../load-balancer.js'
import { TOKEN } from '../machine.js'

const SLOTS = 2
const RUNS = 240
/** 1.5 times the slots of three services. */
const CLIENTS = 9
const JOBS = 40
/** A busy machine takes seconds to start a container. */
const ENV = { API_ACCESS_TOKEN: TOKEN, SERVER_WORKER_THREADS: String(SLOTS), SERVER_STOP_DELAY: '5', RUN_MAX_EXECUTION_TIME: '60' }

/** A service on the test engine. It can be started again at the same address after it was killed. */
class Machine {
  private constructor (private readonly t: Test, readonly port: string, private readonly env: Record<string, string>, public service: Service) {}

  static async start (t: Test, more: Record<string, string>): Promise<Machine> {
    const port = await freePort()
    const env = { ...ENV, ...more, SERVER_LISTEN_PORT: port, DOCKER_CONTAINER_HOSTNAME: `test-${randomBytes(6).toString('hex')}` }
    return new Machine(t, port, env, await startService(t, { env, endedByTest: true }))
  }

  get address (): string { return `127.0.0.1:${this.port}` }
  get owner (): string { return containerIdentity({ address: '127.0.0.1', port: Number(this.port) }).owner }

  async startAgain (): Promise<void> {
    this.service = await startService(this.t, { env: this.env, endedByTest: true })
  }

  async kill (): Promise<void> {
    this.service.process.kill('SIGKILL')
    await this.service.exited
  }
}

async function startFleet (t: Test, env: Record<string, string> = {}) {
  const machines = [await Machine.start(t, env), await Machine.start(t, env), await Machine.start(t, env)] as const
  return { machines, balancer: await startLoadBalancer(t, machines, { maxconn: SLOTS }) }
}

/** Counts the containers that the services start. Each of them runs one program. */
async function countContainers (t: Test, machines: readonly Machine[]): Promise<{ started: number }> {
  const owners = new Set(machines.map(({ owner }) => owner))
  const counter = { started: 0 }
  const events = await docker.getEvents({ filters: { event: ['start'], label: ['runonce.owner'] } })
  t.teardown(async () => { (events as unknown as { destroy: () => void }).destroy() })
  let text = ''
  events.on('data', (chunk: Buffer) => {
    const lines = (text + chunk.toString('utf8')).split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) if (owners.has(JSON.parse(line).Actor.Attributes['runonce.owner'])) counter.started++
  })
  return counter
}

function programOf (nonce: number) {
  return nonce % 2 === 0 ? submission('python', `print("nonce", ${nonce})`) : submission('bash', `echo nonce ${nonce}`)
}

void t.test('240 runs on three services with one engine, one of which is killed and another one stopped', async (t) => {
  await needImages('python', 'bash')
  const { machines, balancer } = await startFleet(t)
  const counter = await countContainers(t, machines)
  const responses: Response[] = []
  let sent = 0
  const client = async () => {
    while (sent < RUNS) {
      const nonce = sent++
      responses[nonce] = await balancer.run(programOf(nonce))
    }
  }
  const clients = Array.from({ length: CLIENTS }, client)
  await until(() => sent >= RUNS * 0.3, 'a third of the runs', 240_000)
  await machines[0].kill()
  await machines[0].startAgain()
  await until(() => sent >= RUNS * 0.6, 'two thirds of the runs', 240_000)
  t.equal(await machines[1].service.stop(), 0)
  await machines[1].startAgain()
  await Promise.all(clients)

  const [completed, refused, lost] = [200, 503, 502].map((status) => responses.filter((response) => response.status === status).length) as [number, number, number]
  t.comment(`${completed} completed, ${refused} refused, ${lost} lost, ${counter.started} containers`)
  t.equal(completed + refused + lost, RUNS)
  for (const [nonce, { status, text, headers }] of responses.entries()) {
    if (status === 200) t.match(JSON.parse(text), { stdout: `nonce ${nonce}\n`, outcome: 'completed' })
    if (status === 503) t.match(headers['retry-after'], /^\d+$/)
  }
  t.ok(lost <= 2 * SLOTS, 'only runs on the killed service are lost')
  t.ok(counter.started >= completed && counter.started <= completed + lost, 'no program ran twice')
})

void t.test('40 jobs on three services with one engine, one of which is killed', async (t) => {
  const redis = await RedisServer.start(t)
  const { machines, balancer } = await startFleet(t, { REDIS_URL: redis.url, JOBS_WORKERS: '2' })
  const runs = Array.from({ length: JOBS }, (_, nonce) => programOf(nonce))
  const { status, text } = await balancer.request('/jobs', { method: 'POST', body: { runs } })
  t.equal(status, 202)
  const ids: string[] = JSON.parse(text).ids
  const isActive = ({ logs }: Service) => logs.some(({ msg, jobId }) => msg === 'run' && jobId !== undefined)
  await until(() => isActive(machines[0].service), 'a job on the first service', 240_000)
  await machines[0].kill()
  await machines[0].startAgain()
  for (const [nonce, id] of ids.entries()) {
    const job = await until(async () => {
      const found = JSON.parse((await balancer.request(`/jobs/${id}?wait=30`)).text)
      return found.status === 'completed' || found.status === 'failed' ? found : undefined
    }, 'the job', 240_000)
    t.match(job, { status: 'completed', result: { stdout: `nonce ${nonce}\n` } })
  }
})
