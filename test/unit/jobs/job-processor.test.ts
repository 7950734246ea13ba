import t from 'tap'

import { executionTimeExceeded, invalidRequest, overloaded, containerStartFailed, stdoutDecodeFailed } from '../../../service/errors.js'
import { JobProcessor, type StartedJob } from '../../../service/jobs/job-processor.js'
import { CANCELLED, type JobRecord } from '../../../service/jobs/job-record.js'
import { COMPLETED, decodedOf, FakeImages, FakeRuns, languageImage, recordingLogger } from '../fakes.js'

const PYTHON = languageImage('python')
const NEVER = new AbortController().signal
const record: JobRecord = {
  requestId: 'request-1', image: PYTHON.ref, payload: '{"files":[]}', limits: { timeMs: 1000, outputBytes: 100, resultBytes: 1000 }
}

function start (handler?: FakeRuns['handler']) {
  const runs = new FakeRuns()
  runs.hasBackgroundSlot = false
  if (handler !== undefined) runs.handler = handler
  const { logger, lines } = recordingLogger()
  const processor = new JobProcessor({ runs, tokens: { policyOf: (name) => name === 'removed' ? undefined : {} }, images: new FakeImages([PYTHON]), maxResultBytes: 1000, log: logger, giveWayMs: 20 })
  const process = async (job: Partial<StartedJob> = {}) => {
    const verdict = await processor.process({ tokenName: 'default', id: 'job-1', record, cancelled: false, signal: NEVER, ...job })
    return { ...verdict, ...('outcome' in verdict ? { outcome: JSON.parse(verdict.outcome.toString('utf8')) } : {}) }
  }
  return { runs, lines, process }
}

/** Waits until the run is aborted, like a run without a slot. */
const untilAborted: FakeRuns['handler'] = async ({ signal }) => await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

t.test('a job runs in the background with the limits that were stored', async (t) => {
  const { runs, process } = start()
  t.match(await process(), { type: 'completed', outcome: { result: COMPLETED } })
  t.match(runs.requests, [{ requestId: 'request-1', tokenName: 'default', jobId: 'job-1', image: PYTHON, limits: record.limits, streams: false, background: {} }])
  t.equal(runs.requests[0]?.payload.toString(), record.payload)
})

t.test('a job that gets no slot in time goes back to the queue, and a job with a slot continues', async (t) => {
  t.match(await start(untilAborted).process(), { type: 'returned' })
  const { process } = start(async ({ background, signal }) => {
    background?.admitted()
    await new Promise((resolve) => setTimeout(resolve, 60))
    signal.throwIfAborted()
    return decodedOf(COMPLETED)
  })
  t.match(await process(), { type: 'completed' })
})

t.test('a job is not started if it was cancelled, is too old or its token was removed', async (t) => {
  const { runs, process } = start()
  t.match(await process({ cancelled: true }), { type: 'failed', error: 'jobs.cancelled' })
  t.match(await process({ record: { ...record, expiresAtMs: Date.now() - 1 } }), { type: 'failed', outcome: { error: { error: 'jobs.expired' } } })
  t.match(await process({ tokenName: 'removed' }), { type: 'failed', outcome: { error: { error: 'jobs.token_removed' } } })
  t.equal(runs.requests.length, 0)
})

t.test('a job that is cancelled while it runs fails', async (t) => {
  const controller = new AbortController()
  const { process } = start(async (request) => {
    setImmediate(() => controller.abort(CANCELLED))
    return await untilAborted(request)
  })
  t.match(await process({ signal: controller.signal }), { type: 'failed', outcome: { error: { error: 'jobs.cancelled' } } })
})

t.test('a job is retried after an error of the engine, goes back to the queue after a refusal, and fails after other errors', async (t) => {
  const cases: Array<[Error, object]> = [
    [containerStartFailed('x'), { type: 'retry', error: 'docker.container.start' }],
    [overloaded('x', 1), { type: 'returned' }],
    [invalidRequest('x'), { type: 'failed', outcome: { error: { error: 'request.invalid', message: 'x' } } }],
    [stdoutDecodeFailed('"x"'), { type: 'failed', error: 'coderunner.stdout.decode' }],
    [executionTimeExceeded('x', { details: { result: COMPLETED } }), { type: 'failed', outcome: { error: { error: 'limits.execution_time', result: COMPLETED } } }],
    [new Error('a bug'), { type: 'failed', error: 'internal' }]
  ]
  for (const [error, expected] of cases) t.match(await start(async () => { throw error }).process(), expected, error.message)
})

t.test('a result that is too large is an error', async (t) => {
  const { process } = start(async () => decodedOf({ ...COMPLETED, stdout: 'x'.repeat(1000) }))
  t.match(await process(), { type: 'failed', error: 'jobs.result_too_large' })
})
