import t from 'tap'

import { COMPLETED, FakeSandbox, foreignImage } from '../fakes.js'
import { ends, RESULT, startRun } from './start-run.js'

t.test('the record has outcome, phases and measurements', async (t) => {
  const { run, observer } = startRun([new FakeSandbox('c', ends('result', RESULT))])
  await run
  t.match(observer.records, [{
    requestId: 'r',
    tokenName: 'default',
    image: 'runonce/python:latest',
    outcome: 'completed',
    pooled: false,
    durationNs: COMPLETED.duration,
    stdoutBytes: 3,
    stderrBytes: 0,
    cpuTimeNs: COMPLETED.cpuTime,
    memoryPeakBytes: COMPLETED.memoryPeak,
    phases: { create: 1, attach: 2, start: 3, queue: Number, exchange: Number, total: Number }
  }])
})

t.test('a foreign image cannot add output to the record', async (t) => {
  const forged = { stdout: '', stderr: '', error: '', outcome: 'secret-output', duration: 'secret-output', stdoutBytes: { x: 'secret-output' }, memoryPeak: ['secret-output'] }
  const { run, observer } = startRun([new FakeSandbox('c', ends('eof', JSON.stringify(forged)))], { image: foreignImage() })
  await run
  t.notMatch(JSON.stringify(observer.records), /secret-output/)
  t.equal(observer.records[0]?.outcome, 'foreign')
})

t.test('an image with the protocol label cannot add output or invalid numbers to the record', async (t) => {
  const values = ['secret-output', { x: 'secret-output' }, ['secret-output'], -1, null]
  for (const [i, value] of values.entries()) {
    const forged = { ...COMPLETED, outcome: value, duration: value, stdoutBytes: value, stderrBytes: value, cpuTime: value, memoryPeak: value }
    const { run, observer } = startRun([new FakeSandbox('c', ends('result', JSON.stringify(forged) + '\n'))])
    await run
    t.match(observer.records, [{ outcome: 'foreign', durationNs: undefined, stdoutBytes: undefined, stderrBytes: undefined, cpuTimeNs: undefined, memoryPeakBytes: undefined }], String(i))
  }
  const { run, observer } = startRun([new FakeSandbox('c', ends('result', JSON.stringify(COMPLETED).replace('"cpuTime":1000000', '"cpuTime":1e400') + '\n'))])
  await run
  t.match(observer.records, [{ outcome: 'completed', cpuTimeNs: undefined }])
})
