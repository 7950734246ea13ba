import t from 'tap'

import { containerRefused, streamReadFailed } from '../../../service/errors.js'
import { Admission } from '../../../service/runs/admission.js'
import { foreignRunLimits, runLimits, type RequestedLimits } from '../../../service/protocol/limits.js'
import type { Exchange, ExchangeEnd, ImageDescription, RunEvents } from '../../../service/runs/ports.js'
import { CodeRunner } from '../../../service/runs/run-code.js'
import { COMPLETED, MAXIMUM, serviceError, FakeObserver, FakeSandbox, FakeSandboxes, foreignImage, healthyNode, languageImage } from '../fakes.js'

const OURS = languageImage('python')
const RESULT = `${JSON.stringify(COMPLETED)}\n`

interface Options {
  image?: ImageDescription
  limits?: RequestedLimits
  signal?: AbortSignal
  streams?: boolean
  events?: RunEvents
  limitsResponse?: 'result' | 'error'
}

/** Runs code in the given containers, in order. */
function start (containers: Array<FakeSandbox | Error>, { image = OURS, limits = {}, streams = false, events, signal = new AbortController().signal, limitsResponse = 'result' }: Options = {}) {
  const admission = new Admission({ concurrency: 1, queueSize: 0, queueTimeoutMs: 1000 })
  const observer = new FakeObserver()
  const sandboxes = new FakeSandboxes(...containers)
  const runner = new CodeRunner({ sandboxes, admission, health: healthyNode, observers: [observer], limitsResponse })
  const effective = image.language === undefined ? foreignRunLimits(limits, MAXIMUM) : runLimits(limits, MAXIMUM, { cases: 0, interactive: false, returnsFiles: false })
  const run = runner.run({ requestId: 'r', tokenName: 'default', image, payload: Buffer.from('{"a":1}'), limits: effective, streams, signal, ...(events === undefined ? {} : { events }) })
  return { run, admission, observer, sandboxes }
}

function ends (end: ExchangeEnd, stdout = '', stderr = '') {
  return async (): Promise<Exchange> => ({ end, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) })
}

t.test('every end of an exchange produces a result, and releases slot and container exactly once', async (t) => {
  const cases: Array<[string, FakeSandbox, Options, object]> = [
    ['a result', new FakeSandbox('c', ends('result', RESULT)), {}, COMPLETED],
    ['a result before the end of the stream', new FakeSandbox('c', ends('eof', RESULT)), {}, COMPLETED],
    ['a foreign result', new FakeSandbox('c', ends('eof', '{"stdout":"","stderr":"","error":""}')), { image: foreignImage() }, { stdout: '' }],
    ['the deadline', new FakeSandbox('c', ends('deadline')), {}, { outcome: 'timeout', error: 'Time limit of 5 s exceeded' }],
    ['too much output', new FakeSandbox('c', ends('too_large')), {}, { outcome: 'output_limit', error: 'Output limit of 1000 bytes exceeded' }],
    ['out of memory', withMemoryKill(new FakeSandbox('c', ends('eof'))), {}, { outcome: 'out_of_memory', exitCode: null }]
  ]
  for (const [what, sandbox, options, expected] of cases) {
    const { run, admission, observer } = start([sandbox], options)
    t.match((await run).result, expected, what)
    t.equal(sandbox.retired, 1, `${what}: retired once`)
    t.equal(admission.running, 0, `${what}: released`)
    t.equal(observer.records.length, 1, `${what}: recorded once`)
  }
})

t.test('every error is thrown to the caller, and releases slot and container exactly once', async (t) => {
  const fails = async () => { throw streamReadFailed('broke off') }
  const cases: Array<[string, FakeSandbox, object]> = [
    ['the stream broke', new FakeSandbox('c', fails), { slug: 'docker.container.stream.read' }],
    ['no result', new FakeSandbox('c', ends('eof', 'rubbish')), { slug: 'coderunner.stdout.decode' }],
    ['a container that is not running at the deadline', new FakeSandbox('c', ends('unresponsive')), { slug: 'docker.container.stream.read', message: /paused, or the engine does not respond/ }],
    ['no output', new FakeSandbox('c', ends('eof')), { slug: 'docker.container.stream.read' }],
    ['a line that is not a result', new FakeSandbox('c', ends('result', 'rubbish\n')), { slug: 'coderunner.stdout.decode' }],
    ['stderr', new FakeSandbox('c', ends('eof', RESULT, 'oops')), { slug: 'coderunner.stderr' }]
  ]
  for (const [what, sandbox, expected] of cases) {
    const { run, admission, observer } = start([sandbox])
    await t.rejects(run, serviceError(expected), what)
    t.equal(sandbox.retired, 1, `${what}: retired once`)
    t.equal(admission.running, 0, `${what}: released`)
    t.match(observer.records, [{ outcome: 'none' }], `${what}: recorded`)
  }
})

t.test('a failed lease releases the slot', async (t) => {
  const { run, admission, observer } = start([containerRefused('no such image')])
  await t.rejects(run, serviceError({ slug: 'docker.container.create' }))
  t.equal(admission.running, 0)
  t.equal(observer.records.length, 1)
})

t.test('the run ends with the reason of the signal when the client disconnects', async (t) => {
  const client = new AbortController()
  const sandbox = new FakeSandbox('c', async () => {
    client.abort(new Error('gone'))
    return await ends('cancelled')()
  })
  const { run, admission } = start([sandbox], { signal: client.signal })
  await t.rejects(run, { message: 'gone' })
  t.same([sandbox.retired, admission.running], [1, 0])
})

t.test('no exchange starts if the client disconnects while the container is being created', async (t) => {
  const client = new AbortController()
  const sandbox = new FakeSandbox('c', ends('result', RESULT))
  const { run, admission } = start([sandbox], { signal: client.signal })
  client.abort(new Error('gone'))
  await t.rejects(run, { message: 'gone' })
  t.same([sandbox.exchanges.length, sandbox.retired, admission.running], [0, 1, 0])
})

t.test('a run that is not admitted does not lease a container', async (t) => {
  const { run, sandboxes } = start([], { signal: AbortSignal.abort(new Error('gone')) })
  await t.rejects(run, { message: 'gone' })
  t.equal(sandboxes.leased.length, 0)
})

t.test('the stricter of the service\'s and the request\'s limits apply', async (t) => {
  const cases: Array<[RequestedLimits, ImageDescription, object]> = [
    [{}, OURS, { deadlineMs: 7000, overdueMs: 5300, maxBytes: 16 * 1000 + 65_536, resultIsFirstLine: true }],
    [{ timeMs: 200, outputBytes: 10 }, OURS, { deadlineMs: 2200, overdueMs: 500, maxBytes: 16 * 10 + 65_536 }],
    [{ timeMs: 1e9, outputBytes: 1e9 }, OURS, { deadlineMs: 7000, maxBytes: 16 * 1000 + 65_536 }],
    [{}, foreignImage(), { deadlineMs: 5000, overdueMs: undefined, maxBytes: 1000, resultIsFirstLine: false }],
    [{ timeMs: 200, outputBytes: 10 }, foreignImage(), { deadlineMs: 200, maxBytes: 10 }]
  ]
  for (const [limits, image, expected] of cases) {
    const sandbox = new FakeSandbox('c', ends('eof', RESULT))
    await start([sandbox], { limits, image }).run
    t.match(sandbox.exchanges[0]?.options, expected)
    t.equal(sandbox.exchanges[0]?.payload.toString(), '{"a":1}')
  }
})

t.test('the largest result of a run within its output limit does not exceed the size limit', async (t) => {
  const { outputBytes, maxBytes } = await new Promise<{ outputBytes: number, maxBytes: number }>((resolve) => {
    const sandbox = new FakeSandbox('c', async (_payload, options) => {
      resolve({ outputBytes: 1000, maxBytes: options.maxBytes })
      return await ends('result', RESULT)()
    })
    void start([sandbox]).run
  })
  // The output of a failed build is in stdout and again in build.stdout. It consists of control characters and one invalid UTF-8 byte.
  const text = '\u0001'.repeat(outputBytes)
  const largest = JSON.stringify({ ...COMPLETED, stdout: text, stdoutBase64: Buffer.from(text).toString('base64'), build: { stdout: text } })
  t.ok(largest.length - 2000 <= maxBytes - 65_536, `${largest.length} bytes of ${maxBytes}`)
})

t.test('RUN_LIMITS_RESPONSE=error turns limits into errors, and still records them', async (t) => {
  const sandbox = new FakeSandbox('c', ends('deadline'))
  const { run, observer, admission } = start([sandbox], { limitsResponse: 'error' })
  await t.rejects(run, serviceError({ slug: 'limits.execution_time', statusCode: 400 }))
  t.match(observer.records, [{ outcome: 'timeout' }])
  t.same([sandbox.retired, admission.running], [1, 0])
})

t.test('containers that exited before they received the payload are replaced', async (t) => {
  const lost = [1, 2].map((n) => new FakeSandbox(`lost-${n}`, ends('lost'), true))
  const fresh = new FakeSandbox('fresh', ends('result', RESULT))
  const { run, observer } = start([...lost, fresh])
  t.match((await run).result, COMPLETED)
  t.same([...lost, fresh].map(({ retired }) => retired), [1, 1, 1])
  t.match(observer.records, [{ outcome: 'completed', pooled: false, phases: { create: 1 } }], 'there is one record, which describes the last container')
})

t.test('a pooled container that exits without a result after it received the payload causes an error', async (t) => {
  const { run, sandboxes, admission } = start([new FakeSandbox('c', ends('eof'), true), new FakeSandbox('unused', ends('result', RESULT))])
  await t.rejects(run, serviceError({ slug: 'docker.container.stream.read', message: /without a result/ }))
  t.same([sandboxes.leased.length, admission.running], [1, 0])
})

t.test('a container that wrote output or ran out of memory is not replaced', async (t) => {
  const { run, sandboxes } = start([new FakeSandbox('c', ends('eof', 'half a res'), true)])
  await t.rejects(run, serviceError({ slug: 'coderunner.stdout.decode' }))
  const killed = start([withMemoryKill(new FakeSandbox('c', ends('eof'), true))])
  t.match((await killed.run).result, { outcome: 'out_of_memory' })
  t.same([sandboxes.leased.length, killed.sandboxes.leased.length], [1, 1])
})

t.test('the record has outcome, phases and measurements', async (t) => {
  const { run, observer } = start([new FakeSandbox('c', ends('result', RESULT))])
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
  const { run, observer } = start([new FakeSandbox('c', ends('eof', JSON.stringify(forged)))], { image: foreignImage() })
  await run
  t.notMatch(JSON.stringify(observer.records), /secret-output/)
  t.equal(observer.records[0]?.outcome, 'foreign')
})

t.test('an image with the protocol label cannot add output or invalid numbers to the record', async (t) => {
  const values = ['secret-output', { x: 'secret-output' }, ['secret-output'], -1, null]
  for (const [i, value] of values.entries()) {
    const forged = { ...COMPLETED, outcome: value, duration: value, stdoutBytes: value, stderrBytes: value, cpuTime: value, memoryPeak: value }
    const { run, observer } = start([new FakeSandbox('c', ends('result', JSON.stringify(forged) + '\n'))])
    await run
    t.match(observer.records, [{ outcome: 'foreign', durationNs: undefined, stdoutBytes: undefined, stderrBytes: undefined, cpuTimeNs: undefined, memoryPeakBytes: undefined }], String(i))
  }
  const { run, observer } = start([new FakeSandbox('c', ends('result', JSON.stringify(COMPLETED).replace('"cpuTime":1000000', '"cpuTime":1e400') + '\n'))])
  await run
  t.match(observer.records, [{ outcome: 'completed', cpuTimeNs: undefined }])
})

function withMemoryKill (sandbox: FakeSandbox): FakeSandbox {
  sandbox.outOfMemory = true
  return sandbox
}

t.test('the container is leased with the limits of the run', async (t) => {
  const { run, sandboxes } = start([new FakeSandbox('c', ends('result', RESULT))], { limits: { memoryBytes: 67_108_864 } })
  await run
  t.match(sandboxes.limits, [{ memoryBytes: 67_108_864 }])
})
