import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import t from 'tap'

import { canStart, enginePaths, startEngine, stopEngine } from '../../tools/engine/own-engine.js'
import { needImages, socketPath, startService, submission, until, type Answer } from './kit.js'

const run = promisify(execFile)
const CLIENTS = 4
/** Number of runs before the stop, while the engine is down (with errors), and after the restart. */
const RUNS = 12
const RETRY_MS = 50
const POOL_SIZE = 3
const IMAGE = 'runonce/bash:latest'

interface Response extends Answer { startedAt: number, endedAt: number }

// The test uses a separate engine, because other tests use the shared engine.
void t.test('an engine restart under load fails some runs with docker errors, and the service recovers', { skip: await canStart() ? false : 'requires root and dockerd, to start a separate engine' }, async (t) => {
  await needImages('bash')
  const dir = await mkdtemp(join(tmpdir(), 'runonce-engine-'))
  const paths = enginePaths(dir)
  const start = () => startEngine(paths, () => {})
  t.teardown(async () => {
    await stopEngine(paths)
    // An engine that is stopped while it creates a container leaves the container's file system mounted.
    await run('sh', ['-c', 'grep -o " $1[^ ]*" /proc/mounts | xargs -r umount', 'sh', dir])
    await rm(dir, { recursive: true, force: true })
  })
  await start()
  await run('sh', ['-c', 'docker -H "unix://$1" save "$3" | docker -H "unix://$2" load', 'sh', socketPath, paths.socket, IMAGE])
  const service = await startService(t, { env: { DOCKER_UNIX_SOCKET_PATH: paths.socket, POOL_IMAGES: IMAGE, POOL_MAX: String(POOL_SIZE), POOL_MIN: String(POOL_SIZE) } })

  const responses: Response[] = []
  const load = new AbortController()
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!load.signal.aborted) {
      const startedAt = performance.now()
      const response = await service.post('/run', submission('bash', 'sleep 0.2; echo served'))
      responses.push({ ...response, startedAt, endedAt: performance.now() })
      if (response.status !== 200) await sleep(RETRY_MS)
    }
  })
  const readiness = async () => await service.request('/readyz', { token: null })
  const count = (matches: (response: Response) => boolean) => responses.filter(matches).length

  await until(() => count(({ status }) => status === 200) >= RUNS, 'runs before the stop')
  await stopEngine(paths)
  await until(async () => (await readiness()).status === 503, 'the service to be not ready')
  const awayAt = performance.now()
  await until(() => count(({ status, startedAt }) => status !== 200 && startedAt > awayAt) >= RUNS, 'runs while the engine is down')
  await start()
  const backAt = performance.now()
  await until(async () => (await readiness()).status === 200 && count(({ status, startedAt }) => status === 200 && startedAt > backAt) >= RUNS, 'the service to recover')
  const recoveredAt = performance.now()
  await until(() => count(({ startedAt }) => startedAt > recoveredAt) >= RUNS, 'runs after the recovery')
  load.abort()
  await Promise.all(clients)
  await until(async () => (await readiness()).body.pool.ready === POOL_SIZE, 'the pool to be full again')

  const failed = responses.filter(({ status }) => status !== 200)
  t.comment(`${responses.length} responses, ${failed.length} of them errors; recovered ${(recoveredAt - backAt).toFixed(0)} ms after the engine started`)
  t.strictSame(failed.filter(({ status, body }) => !(status === 500 ? /^docker\./ : /^overloaded$/).test(body.error) || body.message === ''), [], 'each error names the failed request, or reports that runs fail')
  t.strictSame(failed.filter(({ startedAt }) => startedAt > recoveredAt), [], 'no error after the recovery')
  t.equal(service.process.exitCode, null, 'the service did not exit')
  t.equal(service.stderr, '', 'stderr is empty')
  t.strictSame(service.logs.filter(({ level }) => level === 'fatal'), [])
  t.equal(await service.stop(), 0)
  await until(async () => (await run('docker', ['-H', `unix://${paths.socket}`, 'ps', '-aq'])).stdout === '', 'the removal of all containers')
})
