import t from 'tap'

import { overloaded, streamReadFailed } from '../../../service/errors.js'
import { Admission } from '../../../service/runs/admission.js'
import { CodeRunner } from '../../../service/runs/run-code.js'
import { COMPLETED, FakeSandbox, FakeSandboxes, healthyNode, languageImage, serviceError } from '../fakes.js'

const OURS = languageImage('python')
const RESULT = `${JSON.stringify(COMPLETED)}\n`

t.test('a node that is not ready refuses runs, including queued runs', async (t) => {
  const admission = new Admission({ concurrency: 1, queueSize: 1, queueTimeoutMs: 1000 })
  const sandboxes = new FakeSandboxes()
  let failing = false
  const health = { ...healthyNode, refuseIfFailing: () => { if (failing) throw overloaded('runs fail', 1) } }
  const runner = new CodeRunner({ sandboxes, admission, health, observers: [], limitsResponse: 'result' })
  const run = () => runner.run({ requestId: 'r', tokenName: 'default', image: OURS, payload: Buffer.from('{}'), limits: { timeMs: 5000, outputBytes: 1000, resultBytes: 1000 }, streams: false, signal: new AbortController().signal })
  const release = await admission.enter('default', new AbortController().signal)
  const waiting = run()
  failing = true
  await t.rejects(run(), serviceError({ slug: 'overloaded', message: 'runs fail' }))
  release()
  await t.rejects(waiting, serviceError({ slug: 'overloaded', message: 'runs fail' }))
  t.same([sandboxes.leased.length, admission.running], [0, 0])
})

t.test('every outcome is reported to the node health', async (t) => {
  const outcomes: unknown[] = []
  const broken = streamReadFailed('broke off')
  const health = { ...healthyNode, succeeded: () => { outcomes.push('success') }, failed: async (error: unknown) => { outcomes.push(error); return overloaded('runs fail', 1) } }
  const sandboxes = new FakeSandboxes(new FakeSandbox('c', async () => ({ end: 'result', stdout: Buffer.from(RESULT), stderr: Buffer.alloc(0) })), broken)
  const admission = new Admission({ concurrency: 1, queueSize: 0, queueTimeoutMs: 1000 })
  const runner = new CodeRunner({ sandboxes, admission, health, observers: [], limitsResponse: 'result' })
  const run = () => runner.run({ requestId: 'r', tokenName: 'default', image: OURS, payload: Buffer.from('{}'), limits: { timeMs: 5000, outputBytes: 1000, resultBytes: 1000 }, streams: false, signal: new AbortController().signal })
  await run()
  await t.rejects(run(), serviceError({ slug: 'overloaded' }), 'the node health determines the error for the client')
  t.same(outcomes, ['success', broken])
})
