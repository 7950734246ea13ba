import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'

import { freePort, inspect, needImages, startService, submission, until, type Service } from './kit.js'
import { PATIENCE } from './patience.js'
import { seededRandom } from './random.js'

/** Number of times that the service is killed, each time with ten runs in progress or queued. */
const KILLS = Number(process.env.RUNONCE_TEST_KILLS ?? 3)
const RUNS = 10
const LIMIT_SECONDS = 2
const LATEST_KILL_MS = 900
/** Longest time in milliseconds until a runner exits: the time limit plus a tolerance for a busy machine. */
const END_MS = (LIMIT_SECONDS + 20 * PATIENCE) * 1000
/** Highest accepted ratio of the time to the first result: after a restart to after the first start. */
const RESTART_RATIO = 5

const PROGRAMS = [
  'print("quick")',
  'import time; time.sleep(1); print("late")',
  'while True: pass',
  'import os, time\nfor _ in range(8): os.fork()\ntime.sleep(60)',
  'print("x" * 500000)'
]

void t.test(`a service that is killed ${KILLS} times at random moments leaves no containers and serves runs again`, async (t) => {
  await needImages('python')
  const random = seededRandom(t)
  const env = {
    RUN_MAX_EXECUTION_TIME: String(LIMIT_SECONDS),
    SERVER_LISTEN_PORT: await freePort(),
    SERVER_WORKER_THREADS: '6',
    DOCKER_CONTAINER_HOSTNAME: 'test-crash',
    POOL_IMAGES: 'runonce/python:latest',
    POOL_MAX: '3',
    POOL_MIN: '3'
  }
  const start = async (): Promise<{ service: Service, servedMs: number }> => {
    const startedAt = performance.now()
    const service = await startService(t, { env, endedByTest: true })
    t.match(await service.run('python', 'print("up")'), { stdout: 'up\n' })
    return { service, servedMs: performance.now() - startedAt }
  }

  let { service, servedMs: firstMs } = await start()
  for (let kill = 1; kill <= KILLS; kill++) {
    const lost = Promise.allSettled(Array.from({ length: RUNS }, (_, i) => service.post('/run', submission('python', PROGRAMS[i % PROGRAMS.length] ?? ''))))
    const afterMs = Math.floor(random() * LATEST_KILL_MS)
    await sleep(afterMs)
    service.process.kill('SIGKILL')
    await Promise.all([service.exited, lost])
    const killedAt = performance.now()
    await until(async () => (await service.containers()).every(({ State }) => !State.Running), 'the end of all runs', END_MS)
    const endedMs = performance.now() - killedAt
    const left = (await service.containers()).map(({ Id }) => Id)

    const again = await start()
    service = again.service
    t.comment(`killed after ${afterMs} ms: the last run ended ${endedMs.toFixed(0)} ms later, ${left.length} containers remained, first result after ${again.servedMs.toFixed(0)} ms`)
    t.ok(again.servedMs < RESTART_RATIO * PATIENCE * firstMs, `${again.servedMs} ms to the first result after a restart, ${firstMs} ms after the first start`)
    await until(async () => (await Promise.all(left.map(inspect))).every((info) => info === undefined), 'the removal of the remaining containers')
  }
})
