import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'

import { freePort, inspect, needImages, startService, submission, until } from './kit.js'

/** How often the service is killed; each time with ten runs under way or waiting. */
const KILLS = Number(process.env.RUNONCE_TEST_KILLS ?? 3)
const RUNS = 10
const LIMIT_SECONDS = 2
const LATEST_KILL_MS = 900
const SERVED_AGAIN_MS = 2000

const PROGRAMS = [
  'print("quick")',
  'import time; time.sleep(1); print("late")',
  'while True: pass',
  'import os, time\nfor _ in range(8): os.fork()\ntime.sleep(60)',
  'print("x" * 500000)'
]

void t.test(`the service is killed ${KILLS} times at random moments`, async (t) => {
  await needImages('python')
  const env = {
    RUN_MAX_EXECUTION_TIME: String(LIMIT_SECONDS), SERVER_LISTEN_PORT: await freePort(), SERVER_WORKER_THREADS: '6', DOCKER_CONTAINER_HOSTNAME: 'test-crash', POOL_IMAGES: 'runonce/python:latest', POOL_MAX: '3', POOL_MIN: '3'
  }
  let service = await startService(t, { env, endedByTest: true })
  for (let kill = 1; kill <= KILLS; kill++) {
    const lost = Promise.allSettled(Array.from({ length: RUNS }, (_, i) => service.post('/run', submission('python', PROGRAMS[i % PROGRAMS.length] ?? ''))))
    const afterMs = Math.floor(Math.random() * LATEST_KILL_MS)
    await sleep(afterMs)
    service.process.kill('SIGKILL')
    await Promise.all([service.exited, lost])
    const killedAt = Date.now()
    await until(async () => (await service.containers()).every(({ State }) => !State.Running), 'all to end', (LIMIT_SECONDS + 5) * 1000)
    const endedMs = Date.now() - killedAt
    const left = (await service.containers()).map(({ Id }) => Id)

    const restartedAt = Date.now()
    service = await startService(t, { env, endedByTest: true })
    t.match(await service.run('python', 'print("back")'), { stdout: 'back\n' })
    const servedMs = Date.now() - restartedAt
    t.comment(`killed ${afterMs} ms after the runs came: none ran after ${endedMs} ms, ${left.length} left, served again after ${servedMs} ms`)
    t.ok(servedMs < SERVED_AGAIN_MS, `${servedMs} ms`)
    await until(async () => (await Promise.all(left.map(inspect))).every((info) => info === undefined), 'the sweep of what was left')
  }
})
