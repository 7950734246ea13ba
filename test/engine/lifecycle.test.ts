import t from 'tap'

import { docker, foreignImage, freePort, inspect, needImages, startService, submission, until } from './kit.js'

const LIMIT_SECONDS = 3
const SPIN = 'while True: pass'
const NAP = 'import time\nprint("began", flush=True)\ntime.sleep(1)\nprint("ended")'
const LONG_NAP = 'import time\ntime.sleep(60)'

void t.test('the container is removed after a run', async (t) => {
  await needImages('python')
  const service = await startService(t)
  await service.run('python', 'print(1)')
  await until(async () => (await service.containers()).length === 0, 'the removal of the container')
})

void t.test('the container is removed immediately when the client disconnects', async (t) => {
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '50' } })
  const client = new AbortController()
  const run = service.post('/run', submission('python', LONG_NAP), { signal: client.signal })
  await service.running(1)
  client.abort()
  await t.rejects(run)
  await until(async () => (await service.containers()).length === 0, 'the removal of the container long before the time limit', 25_000)
  t.match(await service.run('python', 'print("next")'), { stdout: 'next\n' })
})

void t.test('no container starts for a client that disconnects while its run is queued', async (t) => {
  const service = await startService(t, { env: { SERVER_WORKER_THREADS: '1' } })
  const first = service.post('/run', submission('python', NAP))
  await service.running(1)
  const client = new AbortController()
  const waiting = service.post('/run', submission('python', NAP), { signal: client.signal })
  await until(async () => /^runonce_runs_waiting 1$/m.test((await service.request('/metrics')).body), 'the second run to wait')
  client.abort()
  await t.rejects(waiting)
  t.match((await first).body, { outcome: 'completed' })
  await until(async () => (await service.containers()).length === 0, 'no additional container')
  t.equal(service.logs.filter(({ msg, phasesMs }) => msg === 'run' && 'create' in (phasesMs as object)).length, 1)
})

void t.test('after SIGTERM the service finishes runs in progress, refuses new runs with 503, and exits with 0', async (t) => {
  const service = await startService(t)
  const run = service.post('/run', submission('python', NAP))
  await service.running(1)
  service.process.kill('SIGTERM')
  await until(async () => (await service.request('/readyz')).status === 503, 'the start of the stop')
  const refused = await service.post('/run', submission('python', NAP))
  t.equal(refused.status, 503)
  t.match(refused.body, { error: 'overloaded', message: /shutting down/ })
  t.ok(refused.headers.get('retry-after'))
  const { status, body } = await run
  t.equal(status, 200)
  t.match(body, { stdout: 'began\nended\n', outcome: 'completed' })
  t.equal(await service.exited, 0)
})

void t.test('after kill -9 during 5 runs', async (t) => {
  const env = { RUN_MAX_EXECUTION_TIME: String(LIMIT_SECONDS), SERVER_WORKER_THREADS: '6', SERVER_LISTEN_PORT: await freePort(), DOCKER_CONTAINER_CPUS: '0.2' }
  const other = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '60' } })
  const client = new AbortController()
  const elsewhere = other.post('/run', submission('python', LONG_NAP), { signal: client.signal }).catch(() => {})
  const [untouched] = await other.running(1)

  const killed = await startService(t, { env, endedByTest: true })
  // Starts another run, with an image that does not exit when its client disconnects.
  const foreign = await foreignImage(t, ['sh', '-c', 'while :; do sleep 1; done'])
  const runs = [...Array(5).fill(submission('python', SPIN)), { image: foreign, payload: {} }].map((body) => killed.post('/run', body))
  const lost = Promise.allSettled(runs)
  await killed.running(6)
  const killedAt = Date.now()
  killed.process.kill('SIGKILL')
  await lost

  await t.test('the runners exit without a running service', async (t) => {
    const foreignId = (await docker.getImage(foreign).inspect()).Id
    await until(async () => !(await killed.containers()).some(({ State, Image }) => State.Running && Image !== foreignId), 'the exit of the runners')
    t.comment(`ended ${Date.now() - killedAt} ms after the kill`)
  })

  await t.test('the next start removes remaining containers and keeps containers of other services', async (t) => {
    const again = await startService(t, { env: { ...env, DOCKER_CONTAINER_HOSTNAME: killed.hostname } })
    await until(async () => (await again.containers()).length === 0, 'the sweep')
    t.match(await again.run('python', 'print("back")'), { stdout: 'back\n' })
    t.match(await inspect(untouched!.Id), { State: { Running: true } }, 'the other service\'s container')
  })

  client.abort()
  await elsewhere
})

void t.test('a container that has expired only according to the wall clock is not removed', async (t) => {
  const labelled = async (labels: Record<string, string>) => await docker.createContainer({ Image: 'runonce/python:latest', Labels: labels })
  const withoutLifetime = await labelled({ 'runonce.expires': 'unknown' })
  const past = await labelled({ 'runonce.expires': new Date(Date.now() - 1000).toISOString(), 'runonce.lifetime': '60000' })
  t.teardown(async () => { await past.remove({ force: true }) })
  await startService(t)
  await until(async () => await inspect(withoutLifetime.id) === undefined, 'the first sweep')
  t.ok(await inspect(past.id), 'this service has not observed the container for its whole lifetime')
})

void t.test('DEBUG_KEEP_CONTAINER keeps stopped containers', async (t) => {
  const service = await startService(t, { env: { DEBUG_KEEP_CONTAINER: 'true', RUN_MAX_EXECUTION_TIME: '1' } })
  t.teardown(async () => { for (const { Id } of await service.containers()) await docker.getContainer(Id).remove({ force: true }) })
  const foreign = await foreignImage(t, ['sh', '-c', 'while :; do sleep 1; done'])
  await service.run('python', 'print(1)')
  await service.run('python', SPIN)
  await service.post('/run', { image: foreign, payload: {} })
  const kept = await until(async () => {
    const all = await service.containers()
    return all.every(({ State }) => !State.Running) && all
  }, 'the end of all runs')
  t.equal(kept.length, 3)
})
