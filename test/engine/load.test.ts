import t from 'tap'

import { summarize } from '../../tools/bench/statistics.js'
import { startBareServer } from './bare-server-process.js'
import { send } from './http-client.js'
import { needImages, startService, submission } from './kit.js'

const MIB = 1024 * 1024
const REQUESTS = 50
/** Highest accepted ratio of the median durations, service to bare server. The bare server also waits for busy cores, so the difference is work of the service. */
const OF_BARE = 5

void t.test('GET / responds as quickly as a bare server on the same machine while 8 runs use the CPU', async (t) => {
  await needImages('python')
  const bareUrl = await startBareServer(t)
  const service = await startService(t, { env: { SERVER_WORKER_THREADS: '8', RUN_MAX_EXECUTION_TIME: '60' } })
  const client = new AbortController()
  const spin = submission('python', 'while True: pass')
  const runs = Array.from({ length: 8 }, () => service.post('/run', spin, { signal: client.signal }).catch(() => {}))
  await service.running(8)
  const [ours, bare]: [number[], number[]] = [[], []]
  for (let i = 0; i < REQUESTS; i++) {
    const { status, ms } = await service.request('/', { token: null })
    t.equal(status, 200)
    ours.push(ms)
    bare.push((await send(bareUrl, { method: 'GET', headers: {} })).ms)
  }
  client.abort()
  await Promise.all(runs)
  const [oursMs, bareMs] = [summarize(ours).p50, summarize(bare).p50]
  t.ok(oursMs < OF_BARE * bareMs, `median ${oursMs.toFixed(1)} ms, bare server ${bareMs.toFixed(1)}`)
})

void t.test('50 requests, 8 at a time, return 1 MiB each', async (t) => {
  const service = await startService(t, { env: { SERVER_WORKER_THREADS: '8' } })
  const body = submission('python', `print("x" * ${MIB - 1})`)
  let left = 50
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (left-- > 0) {
      const { status, body: { outcome, stdout } } = await service.post('/run', body)
      t.equal(`${status} ${outcome} ${stdout?.length}`, `200 completed ${MIB}`)
    }
  }))
})
