import t from 'tap'

import { containerRefused, streamReadFailed } from '../../../service/errors.js'
import type { RequestedLimits } from '../../../service/protocol/limits.js'
import type { ImageDescription } from '../../../service/runs/ports.js'
import { COMPLETED, FakeSandbox, foreignImage, serviceError } from '../fakes.js'
import { ends, OURS, RESULT, startRun, type Options } from './start-run.js'

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
    const { run, admission, observer } = startRun([sandbox], options)
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
    const { run, admission, observer } = startRun([sandbox])
    await t.rejects(run, serviceError(expected), what)
    t.equal(sandbox.retired, 1, `${what}: retired once`)
    t.equal(admission.running, 0, `${what}: released`)
    t.match(observer.records, [{ outcome: 'none' }], `${what}: recorded`)
  }
})

t.test('a failed lease releases the slot', async (t) => {
  const { run, admission, observer } = startRun([containerRefused('no such image')])
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
  const { run, admission } = startRun([sandbox], { signal: client.signal })
  await t.rejects(run, { message: 'gone' })
  t.same([sandbox.retired, admission.running], [1, 0])
})

t.test('no exchange starts if the client disconnects while the container is being created', async (t) => {
  const client = new AbortController()
  const sandbox = new FakeSandbox('c', ends('result', RESULT))
  const { run, admission } = startRun([sandbox], { signal: client.signal })
  client.abort(new Error('gone'))
  await t.rejects(run, { message: 'gone' })
  t.same([sandbox.exchanges.length, sandbox.retired, admission.running], [0, 1, 0])
})

t.test('a run that is not admitted does not lease a container', async (t) => {
  const { run, sandboxes } = startRun([], { signal: AbortSignal.abort(new Error('gone')) })
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
    await startRun([sandbox], { limits, image }).run
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
    void startRun([sandbox]).run
  })
  // The output of a failed build is in stdout and again in build.stdout. It consists of control characters and one invalid UTF-8 byte.
  const text = '\u0001'.repeat(outputBytes)
  const largest = JSON.stringify({ ...COMPLETED, stdout: text, stdoutBase64: Buffer.from(text).toString('base64'), build: { stdout: text } })
  t.ok(largest.length - 2000 <= maxBytes - 65_536, `${largest.length} bytes of ${maxBytes}`)
})

t.test('RUN_LIMITS_RESPONSE=error turns limits into errors, and still records them', async (t) => {
  const sandbox = new FakeSandbox('c', ends('deadline'))
  const { run, observer, admission } = startRun([sandbox], { limitsResponse: 'error' })
  await t.rejects(run, serviceError({ slug: 'limits.execution_time', statusCode: 400 }))
  t.match(observer.records, [{ outcome: 'timeout' }])
  t.same([sandbox.retired, admission.running], [1, 0])
})

t.test('containers that exited before they received the payload are replaced', async (t) => {
  const lost = [1, 2].map((n) => new FakeSandbox(`lost-${n}`, ends('lost'), true))
  const fresh = new FakeSandbox('fresh', ends('result', RESULT))
  const { run, observer } = startRun([...lost, fresh])
  t.match((await run).result, COMPLETED)
  t.same([...lost, fresh].map(({ retired }) => retired), [1, 1, 1])
  t.match(observer.records, [{ outcome: 'completed', pooled: false, phases: { create: 1 } }], 'there is one record, which describes the last container')
})

t.test('a pooled container that exits without a result after it received the payload causes an error', async (t) => {
  const { run, sandboxes, admission } = startRun([new FakeSandbox('c', ends('eof'), true), new FakeSandbox('unused', ends('result', RESULT))])
  await t.rejects(run, serviceError({ slug: 'docker.container.stream.read', message: /without a result/ }))
  t.same([sandboxes.leased.length, admission.running], [1, 0])
})

t.test('a container that wrote output or ran out of memory is not replaced', async (t) => {
  const { run, sandboxes } = startRun([new FakeSandbox('c', ends('eof', 'half a res'), true)])
  await t.rejects(run, serviceError({ slug: 'coderunner.stdout.decode' }))
  const killed = startRun([withMemoryKill(new FakeSandbox('c', ends('eof'), true))])
  t.match((await killed.run).result, { outcome: 'out_of_memory' })
  t.same([sandboxes.leased.length, killed.sandboxes.leased.length], [1, 1])
})

function withMemoryKill (sandbox: FakeSandbox): FakeSandbox {
  sandbox.outOfMemory = true
  return sandbox
}

t.test('the container is leased with the limits of the run', async (t) => {
  const { run, sandboxes } = startRun([new FakeSandbox('c', ends('result', RESULT))], { limits: { memoryBytes: 67_108_864 } })
  await run
  t.match(sandboxes.limits, [{ memoryBytes: 67_108_864 }])
})
