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
const UNDER_LOAD_MS = 3000
const AWAY_MS = 2000
const SERVED_AGAIN_MS = 5000
const IMAGE = 'runonce/bash:latest'

// An engine of the test's own: the others are at work on theirs.
void t.test('the engine is stopped and started in the middle of the load', { skip: await canStart() ? false : 'needs root and dockerd, to start an engine of its own' }, async (t) => {
  await needImages('bash')
  const dir = await mkdtemp(join(tmpdir(), 'runonce-engine-'))
  const paths = enginePaths(dir)
  const start = () => startEngine(paths, () => {})
  t.teardown(async () => {
    await stopEngine(paths)
    // An engine that is stopped while it makes a container leaves its file system mounted.
    await run('sh', ['-c', 'grep -o " $1[^ ]*" /proc/mounts | xargs -r umount', 'sh', dir])
    await rm(dir, { recursive: true, force: true })
  })
  await start()
  await run('sh', ['-c', 'docker -H "unix://$1" save "$3" | docker -H "unix://$2" load', 'sh', socketPath, paths.socket, IMAGE])
  const service = await startService(t, { env: { DOCKER_UNIX_SOCKET_PATH: paths.socket, POOL_IMAGES: IMAGE, POOL_MAX: '3', POOL_MIN: '3' } })

  const answers: Array<Answer & { at: number }> = []
  const load = new AbortController()
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!load.signal.aborted) {
      const answer = await service.post('/run', submission('bash', 'sleep 0.2; echo served'))
      answers.push({ ...answer, at: Date.now() })
      if (answer.status !== 200) await sleep(50)
    }
  })
  const notReady = async () => (await service.request('/readyz', { token: null })).status === 503
  await sleep(UNDER_LOAD_MS)
  const stoppedAt = Date.now()
  await stopEngine(paths)
  await until(notReady, 'readiness to go down')
  await sleep(AWAY_MS)
  await start()
  const backAt = Date.now()
  const servedAgain = await until(() => answers.find(({ status, at }) => status === 200 && at > backAt), 'a run to be served', SERVED_AGAIN_MS)
  await sleep(UNDER_LOAD_MS)
  load.abort()
  await Promise.all(clients)
  await until(async () => (await service.request('/readyz', { token: null })).body.pool.ready === 3, 'the pool to fill up again', 20_000)

  const failed = answers.filter(({ status }) => status !== 200)
  t.comment(`${answers.length} answers, ${failed.length} of them errors; served again ${servedAgain.at - backAt} ms after the engine`)
  t.ok(answers.some(({ status, at }) => status === 200 && at < stoppedAt), 'served before')
  t.ok(failed.length > 0, 'some runs met the engine\'s end')
  t.strictSame(failed.filter(({ status, body }) => status !== 500 || !/^docker\./.test(body.error) || body.message === ''), [], 'each told what is wrong')
  t.ok(answers.filter(({ at }) => at > servedAgain.at + 1000).every(({ status }) => status === 200), 'all served after')
  t.equal(service.process.exitCode, null, 'the same process all the time')
  t.equal(service.stderr, '', 'without a word of a crash')
  t.strictSame(service.logs.filter(({ level }) => level === 'fatal'), [])
  t.equal(await service.stop(), 0)
  await until(async () => (await run('docker', ['-H', `unix://${paths.socket}`, 'ps', '-aq'])).stdout === '', 'no container to be left')
})
