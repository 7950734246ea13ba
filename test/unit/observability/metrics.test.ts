import t from 'tap'

import { Metrics } from '../../../service/observability/metrics.js'
import type { PoolSnapshot, RunRecord } from '../../../service/runs/status-ports.js'
import { FakePool } from '../fakes.js'

const RUN: RunRecord = {
  requestId: 'r-1',
  tokenName: 'grader',
  image: 'runonce/python:latest',
  outcome: 'completed',
  pooled: true,
  phases: { queue: 2, exchange: 25, total: 30 },
  durationNs: 20_000_000,
  stdoutBytes: 3,
  stderrBytes: 0,
  cpuTimeNs: 15_000_000,
  memoryPeakBytes: 4096
}
const COUNTS = { image: 'runonce/python:latest', hits: 7, misses: 2 }
const IMAGE = { ...COUNTS, ready: 3, starting: 1, target: 4, refillMs: 120, idleBytes: 9_000_000 }

function start (snapshot?: PoolSnapshot) {
  const load = { running: 0, waiting: 0 }
  const pool = new FakePool(snapshot)
  const node: { reason: string | undefined } = { reason: undefined }
  const metrics = new Metrics({ cores: 2, load, pool, node, log: { dropped: 3 } })
  const lines = async () => (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return { metrics, load, pool, node, lines }
}

t.test('runs are counted by image, token, outcome and pool use; times are in seconds', async (t) => {
  const { metrics, lines } = start()
  metrics.finished(RUN)
  metrics.finished(RUN)
  metrics.finished({ ...RUN, outcome: 'none', pooled: false, phases: { queue: 1, exchange: 500 }, cpuTimeNs: undefined })
  const text = await lines()
  for (const line of [
    'runonce_runs_total{image="runonce/python:latest",token="grader",outcome="completed",pooled="true"} 2',
    'runonce_runs_total{image="runonce/python:latest",token="grader",outcome="none",pooled="false"} 1',
    'runonce_run_seconds_bucket{le="0.025",image="runonce/python:latest"} 1',
    'runonce_run_seconds_bucket{le="0.05",image="runonce/python:latest"} 3',
    'runonce_run_seconds_count{image="runonce/python:latest"} 3',
    'runonce_queue_seconds_bucket{le="0.001"} 1',
    'runonce_queue_seconds_sum 0.005',
    'runonce_cpu_seconds_total{image="runonce/python:latest",token="grader"} 0.03',
    'runonce_container_seconds_total{image="runonce/python:latest",token="grader"} 0.55'
  ]) t.ok(text.includes(line), line)
})

t.test('load and pool metrics are updated at each scrape', async (t) => {
  const { load, pool, lines } = start({ ready: 3, images: [IMAGE] })
  Object.assign(load, { running: 4, waiting: 9 })
  const text = await lines()
  for (const line of [
    'runonce_runs_running 4',
    'runonce_runs_waiting 9',
    'runonce_pool_ready{image="runonce/python:latest"} 3',
    'runonce_pool_starting{image="runonce/python:latest"} 1',
    'runonce_pool_target{image="runonce/python:latest"} 4',
    'runonce_pool_refill_seconds{image="runonce/python:latest"} 0.12',
    'runonce_pool_idle_bytes{image="runonce/python:latest"} 9000000'
  ]) t.ok(text.includes(line), line)
  pool.state = { ready: 0, images: [] }
  t.notOk((await lines()).some((line) => line.includes('runonce/python')), 'an image that left the pool does not have gauges')
})

t.test('pool hits and misses are counters that keep their value after an image has left the pool', async (t) => {
  const { metrics, pool, lines } = start({ ready: 3, images: [IMAGE] })
  pool.counts = [COUNTS]
  const expected = ['runonce_pool_hits_total{image="runonce/python:latest"} 7', 'runonce_pool_misses_total{image="runonce/python:latest"} 2']
  const counters = async () => (await lines()).filter((line) => /^runonce_pool_(hits|misses)/.test(line))
  t.same(await counters(), expected)
  pool.state = { ready: 0, images: [] }
  t.same(await counters(), expected, 'a second scrape does not change counters')
  t.match(await metrics.text(), '# TYPE runonce_pool_hits_total counter')
})

t.test('metrics of the process have the usual names', async (t) => {
  const text = await start().lines()
  for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'process_open_fds', 'nodejs_eventloop_lag_seconds', 'nodejs_heap_size_used_bytes']) {
    t.ok(text.some((line) => line.startsWith(`${name} `)), name)
  }
})

t.test('an impossible CPU time is ignored, but the run is counted', async (t) => {
  const { metrics, lines } = start()
  for (const cpuTimeNs of [-1, -Infinity, NaN, 60_000_001, 1e300, Infinity]) metrics.finished({ ...RUN, cpuTimeNs })
  const text = await lines()
  t.ok(text.some((line) => line.startsWith('runonce_runs_total{')))
  t.notOk(text.some((line) => line.startsWith('runonce_cpu_seconds_total{')))
})

t.test('request IDs are not labels', async (t) => {
  const { metrics, lines } = start()
  metrics.finished(RUN)
  t.notOk((await lines()).some((line) => line.includes('r-1')))
})

t.test('runonce_node_ready is 0 while runs fail; dropped log lines are counted', async (t) => {
  const { node, lines } = start()
  t.ok((await lines()).includes('runonce_node_ready 1'))
  t.ok((await lines()).includes('runonce_log_lines_dropped_total 3'))
  node.reason = 'runs fail'
  t.ok((await lines()).includes('runonce_node_ready 0'))
})
