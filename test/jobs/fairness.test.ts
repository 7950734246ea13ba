import t from 'tap'

import { run, SECOND_TOKEN, startNode, until } from './kit.js'
import { RedisServer } from './redis-server.js'

const RUN_MS = 2000
const QUEUED = 5000
const PER_REQUEST = 1000
/** Time that a busy machine may need in addition to the run, in milliseconds. */
const TOLERANCE_MS = 500

void t.test('a job of one token starts within the time of one job although another token has 5,000', async (t) => {
  const redis = await RedisServer.start(t)
  const node = await startNode(t, redis.url, { SERVER_WORKER_THREADS: '2', JOBS_WORKERS: '2' })
  node.engine.runMs = RUN_MS
  for (let queued = 0; queued < QUEUED; queued += PER_REQUEST) {
    t.equal((await node.request('/jobs', { body: { runs: Array.from({ length: PER_REQUEST }, () => run()) } })).status, 202)
  }
  await until(() => node.engine.started >= 2, 'the first jobs to start')
  const started = new Map<string, number>()
  node.engine.onPayload = (payload) => {
    const [, name] = /second-(\d)/.exec(payload) ?? []
    if (name !== undefined) started.set(name, performance.now())
  }
  for (const name of ['1', '2', '3']) {
    const addedAt = performance.now()
    await node.add(run(`echo second-${name}`), SECOND_TOKEN)
    await until(() => started.has(name), 'the job of the second token to start')
    const waitMs = Math.round((started.get(name) ?? 0) - addedAt)
    t.ok(waitMs <= RUN_MS + TOLERANCE_MS, `${waitMs} ms`)
    t.comment(`waited ${waitMs} ms`)
  }
})
