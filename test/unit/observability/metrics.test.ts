import t from 'tap'

import { Metrics } from '../../../service/observability/metrics.js'
import type { PoolSnapshot, RunRecord } from '../../../service/runs/ports.js'

const RUN: RunRecord = {
  requestId: 'r-1',
  tokenName: 'grader',
  image: 'runonce/python:latest',
  outcome: 'completed',
  pooled: true,
  phases: { queue: 2, total: 30 },
  durationNs: 20_000_000,
  stdoutBytes: 3,
  stderrBytes: 0,
  cpuTimeNs: 15_000_000,
  memoryPeakBytes: 4096
}
const IMAGE = { image: 'runonce/python:latest', ready: 3, starting: 1, target: 4, hits: 7, misses: 2, refillMs: 120, idleBytes: 9_000_000 }

function start (snapshot: PoolSnapshot = { ready: 0, images: [] }) {
  const state = { load: { running: 0, waiting: 0 }, snapshot }
  const metrics = new Metrics({ cores: 2, load: state.load, pool: { snapshot: () => state.snapshot } })
  const lines = async () => (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return { metrics, state, lines }
}

t.test('runs are counted by image, token, outcome and where they ran; seconds are seconds', async (t) => {
  const { metrics, lines } = start()
  metrics.finished(RUN)
  metrics.finished(RUN)
  metrics.finished({ ...RUN, outcome: 'none', pooled: false, phases: { queue: 1 }, cpuTimeNs: undefined })
  const said = await lines()
  for (const line of [
    'runonce_runs_total{image="runonce/python:latest",token="grader",outcome="completed",pooled="true"} 2',
    'runonce_runs_total{image="runonce/python:latest",token="grader",outcome="none",pooled="false"} 1',
    'runonce_run_seconds_bucket{le="0.025",image="runonce/python:latest"} 1',
    'runonce_run_seconds_bucket{le="0.05",image="runonce/python:latest"} 3',
    'runonce_run_seconds_count{image="runonce/python:latest"} 3',
    'runonce_queue_seconds_bucket{le="0.001"} 1',
    'runonce_queue_seconds_sum 0.005',
    'runonce_cpu_seconds_total{image="runonce/python:latest",token="grader"} 0.03'
  ]) t.ok(said.includes(line), line)
})

t.test('what is running, what waits and what the pool holds is read when it is asked for', async (t) => {
  const { state, lines } = start({ ready: 3, images: [IMAGE] })
  Object.assign(state.load, { running: 4, waiting: 9 })
  const said = await lines()
  for (const line of [
    'runonce_runs_running 4',
    'runonce_runs_waiting 9',
    'runonce_pool_ready{image="runonce/python:latest"} 3',
    'runonce_pool_starting{image="runonce/python:latest"} 1',
    'runonce_pool_target{image="runonce/python:latest"} 4',
    'runonce_pool_hits{image="runonce/python:latest"} 7',
    'runonce_pool_misses{image="runonce/python:latest"} 2',
    'runonce_pool_refill_seconds{image="runonce/python:latest"} 0.12',
    'runonce_pool_idle_bytes{image="runonce/python:latest"} 9000000'
  ]) t.ok(said.includes(line), line)
  t.ok(said.some((line) => /^process_resident_memory_bytes \d{7,}$/.test(line)))
  state.snapshot = { ready: 0, images: [] }
  t.notOk((await lines()).some((line) => line.includes('runonce/python')), 'an image that the pool has forgotten leaves')
})

t.test('an image that says it took less than no time, or more than there is, counts as a run all the same', async (t) => {
  const { metrics, lines } = start()
  for (const cpuTimeNs of [-1, -Infinity, NaN, 60_000_001, 1e300, Infinity]) metrics.finished({ ...RUN, cpuTimeNs })
  const said = await lines()
  t.ok(said.some((line) => line.startsWith('runonce_runs_total{')))
  t.notOk(said.some((line) => line.startsWith('runonce_cpu_seconds_total{')))
})

t.test('no name of a run\'s request, nor anything of its output, is a label', async (t) => {
  const { metrics, lines } = start()
  metrics.submitted()
  metrics.finished(RUN)
  t.notOk((await lines()).some((line) => line.includes('r-1')))
})
