import { Registry } from 'prom-client'
import t from 'tap'

import { JobMetrics } from '../../../service/observability/job-metrics.js'
import type { JobRecord, TokenJobs } from '../../../service/runs/job-ports.js'

const FINISHED: JobRecord = { tokenName: 'grader', jobId: 'j-1', requestId: 'r-1', status: 'completed', waitMs: 50, totalMs: 300, starts: 1 }
const NONE = { queued: 0, active: 0, completed: 0, failed: 0 }

function start (counts?: () => Promise<TokenJobs[]>) {
  const registry = new Registry()
  const metrics = new JobMetrics(registry)
  if (counts !== undefined) metrics.addCounts({ counts })
  const lines = async () => (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return { metrics, lines }
}

function has (t: Pick<typeof import('tap').t, 'ok'>, text: string[], lines: string[]): void {
  for (const line of lines) t.ok(text.includes(line), line)
}

t.test('finished jobs are counted by status and error; their wait and their whole duration are in seconds', async (t) => {
  const { metrics, lines } = start()
  metrics.jobFinished(FINISHED)
  metrics.jobFinished({ ...FINISHED, status: 'failed', error: 'jobs.cancelled', waitMs: 2000, totalMs: 70_000, starts: 3 })
  has(t, await lines(), [
    'runonce_jobs_finished_total{token="grader",status="completed",error=""} 1',
    'runonce_jobs_finished_total{token="grader",status="failed",error="jobs.cancelled"} 1',
    'runonce_job_restarts_total{token="grader"} 2',
    'runonce_job_wait_seconds_bucket{le="0.1"} 1',
    'runonce_job_wait_seconds_sum 2.05',
    'runonce_job_seconds_bucket{le="0.25",status="completed"} 0',
    'runonce_job_seconds_bucket{le="0.5",status="completed"} 1',
    'runonce_job_seconds_sum{status="completed"} 0.3',
    'runonce_job_seconds_bucket{le="60",status="failed"} 0',
    'runonce_job_seconds_bucket{le="300",status="failed"} 1'
  ])
  t.notOk((await lines()).some((line) => /[jr]-1/.test(line)), 'IDs are not labels')
})

t.test('the clocks of two machines may differ', async (t) => {
  const { metrics, lines } = start()
  metrics.jobFinished({ ...FINISHED, waitMs: -20, totalMs: -10 })
  has(t, await lines(), ['runonce_job_wait_seconds_sum 0', 'runonce_job_seconds_sum{status="completed"} 0'])
})

t.test('a scrape reads the jobs from Redis once', async (t) => {
  let reads = 0
  const { lines } = start(async () => {
    reads++
    return [
      { tokenName: 'grader', counts: { ...NONE, queued: 4, failed: 1 }, oldestQueuedAtMs: Date.now() - 90_000 },
      { tokenName: 'idle', counts: NONE, oldestQueuedAtMs: undefined }
    ]
  })
  const text = await lines()
  t.equal(reads, 1)
  has(t, text, [
    'runonce_redis_up 1',
    'runonce_jobs{token="grader",status="queued"} 4',
    'runonce_jobs{token="grader",status="active"} 0',
    'runonce_jobs{token="grader",status="failed"} 1',
    'runonce_jobs_oldest_seconds{token="idle"} 0'
  ])
  const age = Number(text.find((line) => line.startsWith('runonce_jobs_oldest_seconds{token="grader"}'))?.split(' ')[1])
  t.ok(age >= 90 && age < 120, `${age} s`)
})

t.test('while Redis does not respond, runonce_redis_up is 0 and the numbers of jobs are absent', async (t) => {
  let responds = true
  const { lines } = start(async () => {
    if (!responds) throw new Error('Redis does not respond')
    return [{ tokenName: 'grader', counts: NONE, oldestQueuedAtMs: undefined }]
  })
  has(t, await lines(), ['runonce_redis_up 1'])
  responds = false
  const text = await lines()
  has(t, text, ['runonce_redis_up 0'])
  t.notOk(text.some((line) => /^runonce_jobs(_oldest_seconds)?\{/.test(line)))
  responds = true
  has(t, await lines(), ['runonce_redis_up 1', 'runonce_jobs{token="grader",status="queued"} 0'])
})

t.test('without Redis, there is no metric about it', async (t) => {
  t.notOk((await start().lines()).some((line) => line.startsWith('runonce_redis_up')))
})
