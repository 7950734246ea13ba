import { once } from 'node:events'

import t from 'tap'

import { executionTimeExceeded, overloaded } from '../../../../service/errors.js'
import { COMPLETED, decodedOf, until } from '../../fakes.js'
import { open, start, WITH_TOKEN } from '../interactive-client.js'
import { TOKEN } from '../start-app.js'

const INIT = { type: 'init', language: 'py', version: '3.x', files: [{ content: 'print(input())' }] }
const CPP = { ...INIT, language: 'cpp', version: '*' }
const input = (data: string) => ({ type: 'data', stream: 'stdin', data })

function connect (port: number, headers: Record<string, string> = WITH_TOKEN.headers) {
  const opened = open(port, { headers }, '/api/v2/connect')
  const closed = once(opened.socket, 'close').then(([code, reason]) => [code, String(reason)])
  return { ...opened, closed }
}

t.test('init starts the run, data and signal are its input, and the stages, the output and the exit are sent', async (t) => {
  const { port, runs, inputs } = await start(t)
  const { send, events, closed } = connect(port)
  send({ ...INIT, stdin: 'ignored', args: ['a'], run_timeout: 20_000 })
  await until(() => runs.requests.length === 1)
  const [run] = runs.requests
  run?.events?.started()
  run?.events?.started()
  run?.events?.event({ type: 'stdout', text: 'a' })
  run?.events?.event({ type: 'stderr', base64: Buffer.from('ü').toString('base64') })
  for (const message of [input('in\n'), { type: 'signal', signal: 'SIGINT' }, { type: 'signal', signal: 'SIGWINCH' }, { type: 'other' }, input('stdinEnd')]) send(message)
  await until(() => inputs.length === 3)
  run?.input?.emit('data', 'stdinEnd')
  t.same(await closed, [4999, 'Job Completed'])
  t.same(events, [
    { type: 'runtime', language: 'python', version: '3.13.5' },
    { type: 'stage', stage: 'run' },
    { type: 'data', stream: 'stdout', data: 'a' },
    { type: 'data', stream: 'stderr', data: 'ü' },
    { type: 'exit', stage: 'run', code: 0, signal: null }
  ])
  t.same(inputs.slice(0, 3).map((line) => JSON.parse(line)), [
    { type: 'stdin', base64: Buffer.from('in\n').toString('base64') }, { type: 'signal', signal: 'INT' }, { type: 'stdin', base64: Buffer.from('stdinEnd').toString('base64') }
  ])
  t.match(run, { tokenName: 'default', limits: { timeMs: 20_000 } })
  t.match(JSON.parse(String(run?.payload)), { files: [{ name: 'file0.code' }], stdin: '', args: ['a'], interactive: true, limits: { time: 20 } })
})

t.test('a build is a separate stage, and the time limit of the run begins after it', async (t) => {
  const { port, runs, inputs } = await start(t)
  const { send, events, closed } = connect(port)
  send({ ...CPP, compile_timeout: 5000, run_timeout: 50 })
  await until(() => runs.requests.length === 1)
  const [run] = runs.requests
  t.match(JSON.parse(String(run?.payload)).limits, { time: 5.05, buildTime: 5 })
  run?.events?.started()
  run?.events?.event({ type: 'build', json: Buffer.from(JSON.stringify({ type: 'build', build: { stdout: '', stderr: 'w', exitCode: 0, duration: 1 } })) })
  await until(() => inputs.length === 1)
  t.same(JSON.parse(inputs[0] ?? ''), { type: 'signal', signal: 'KILL' })
  run?.input?.emit('data', 'stdinEnd')
  t.same(await closed, [4999, 'Job Completed'])
  t.same(events.slice(1), [
    { type: 'stage', stage: 'compile' },
    { type: 'data', stream: 'stderr', data: 'w' },
    { type: 'exit', stage: 'compile', code: 0, signal: null },
    { type: 'stage', stage: 'run' },
    { type: 'exit', stage: 'run', code: 0, signal: null }
  ])
})

t.test('the exit event corresponds to the outcome', async (t) => {
  const { port, runs } = await start(t)
  const build = { stdout: '', stderr: 'error', exitCode: 1, duration: 1 }
  const cases: Array<[object, object]> = [
    [{ outcome: 'failed', exitCode: 3 }, { stage: 'run', code: 3, signal: null }],
    [{ outcome: 'signaled', exitCode: null, signal: 'SIGSEGV' }, { stage: 'run', code: null, signal: 'SIGSEGV' }],
    [{ outcome: 'timeout', exitCode: null }, { stage: 'run', code: null, signal: 'SIGKILL' }],
    [{ outcome: 'build_failed', phase: 'build', exitCode: null, build }, { stage: 'compile', code: 1, signal: null }],
    [{ outcome: 'timeout', phase: 'build', exitCode: null, build: { ...build, exitCode: null } }, { stage: 'compile', code: null, signal: 'SIGKILL' }]
  ]
  for (const [result, expected] of cases) {
    runs.handler = async ({ events }) => {
      events?.started()
      if ('build' in result) events?.event({ type: 'build', json: Buffer.from(JSON.stringify({ type: 'build', build: result.build })) })
      return decodedOf({ ...COMPLETED, ...result })
    }
    const { send, events, closed } = connect(port)
    send(CPP)
    t.same(await closed, [4999, 'Job Completed'])
    t.same(events.at(-1), { type: 'exit', ...expected })
    t.equal(events.filter(({ type }) => type === 'exit').length, 1)
  }
  runs.handler = async () => { throw executionTimeExceeded('late', { details: { result: { ...COMPLETED, outcome: 'timeout', exitCode: null } } }) }
  const { send, events, closed } = connect(port)
  send(INIT)
  t.same(await closed, [4999, 'Job Completed'], 'RUN_LIMITS_RESPONSE=error has no effect')
  t.match(events, [{ type: 'exit', signal: 'SIGKILL' }])
})

t.test('messages that Piston refuses close the socket with the codes of Piston', async (t) => {
  const { port, runs } = await start(t)
  const cases: Array<[messages: object[], code: number, reason: string]> = [
    [[input('x')], 4003, 'Not yet initialized'],
    [[{ type: 'signal', signal: 'SIGINT' }], 4003, 'Not yet initialized'],
    [[INIT, INIT], 4000, 'Already Initialized'],
    [[INIT, { type: 'data', stream: 'stdout', data: '' }], 4004, 'Can only write to stdin'],
    [[INIT, { type: 'signal', signal: 'KILL' }], 4005, 'Invalid signal'],
    [[INIT, { type: 'signal' }], 4005, 'Invalid signal']
  ]
  for (const [messages, code, reason] of cases) {
    const { send, events, closed } = connect(port)
    for (const message of messages) send(message)
    t.same(await closed, [code, reason])
    t.same(events, [])
  }
  t.ok(runs.requests.every(({ signal }) => signal.aborted))
  t.same(await connect(port).closed, [4001, 'Initialization Timeout'])
})

t.test('an error is sent as a message, and then the socket closes with 4002', async (t) => {
  const { port, runs, stopping } = await start(t)
  const cases: Array<[messages: unknown[], message: string | RegExp]> = [
    [[{ type: 'init' }], 'language is required as a string'],
    [[{ ...INIT, version: '2' }], 'py-2 runtime is unknown'],
    [[{ ...INIT, run_timeout: 300_001 }], 'run_timeout cannot exceed the configured limit of 300000'],
    [[{ ...INIT, files: [{ name: '/x', content: '' }] }], /must be a relative path/],
    [[{ ...INIT, language: 'ruby', version: '*' }], /Interactive runs require version 2/],
    [['{'], /is not JSON/],
    [[INIT, { type: 'data', stream: 'stdin', data: 5 }], 'data must be a string']
  ]
  for (const [messages, message] of cases) {
    const { send, events, closed } = connect(port)
    for (const each of messages) send(each)
    t.same(await closed, [4002, 'Notified Error'])
    t.match(events, [{ type: 'error', message }])
  }
  const { send, events, closed } = connect(port)
  const before = runs.requests.length
  send(INIT)
  await until(() => runs.requests.length > before)
  stopping.abort(overloaded('The service is shutting down', 1))
  t.same(await closed, [4002, 'Notified Error'])
  t.same(events, [{ type: 'error', message: 'The service is shutting down' }])
})

t.test('the handshake requires a token, also with the scheme Basic', async (t) => {
  const { port, inject } = await start(t)
  for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
    const [, response] = await once(connect(port, headers).socket, 'unexpected-response')
    t.equal(response.statusCode, 401)
  }
  const basic = connect(port, { authorization: `Basic ${Buffer.from(`user:${TOKEN}`).toString('base64')}` })
  await once(basic.socket, 'open')
  basic.socket.terminate()
  t.match(await inject({ url: '/api/v2/connect' }), { statusCode: 426, body: /^{"message":/ })
})
