import { once } from 'node:events'

import t from 'tap'

import { overloaded } from '../../../service/errors.js'
import { COMPLETED, decodedOf, until } from '../fakes.js'
import { FIRST, open, PYTHON, start } from './interactive-client.js'
import { SECOND_TOKEN } from './start-app.js'

t.test('the first message starts the run, later messages are its input, and events and the result are sent', async (t) => {
  const { port, runs, inputs } = await start(t)
  const { send, events, closed } = open(port)
  send({ ...FIRST, limits: { time: 20, memory: 67_108_864 }, tty: { columns: 100, rows: 30 } })
  send({ type: 'stdin', text: 'grüße\n' })
  send({ type: 'stdin', base64: '/w==' })
  send({ type: 'signal', signal: 'INT' })
  send({ type: 'resize', columns: 80, rows: 24, more: 1 })
  await until(() => runs.requests.length === 1)
  runs.requests[0]?.events?.event({ type: 'stdout', text: 'prompt' })
  await until(() => events.length === 1)
  send({ type: 'stdinEnd' })
  t.equal(await closed, 1000)
  t.same(events, [{ type: 'stdout', text: 'prompt' }, { type: 'result', result: COMPLETED }])
  t.match(runs.requests[0], { tokenName: 'default', image: { ref: PYTHON.ref }, streams: true, limits: { timeMs: 20_000, memoryBytes: 67_108_864 } })
  t.match(JSON.parse(String(runs.requests[0]?.payload)), {
    files: [{ name: 'main.py', content: FIRST.code }], interactive: true, stream: true, tty: { columns: 100, rows: 30 }, limits: { time: 20, idle: 60, buildTime: 10 }
  })
  t.same(inputs.join('').trim().split('\n').map((line) => JSON.parse(line)), [
    { type: 'stdin', base64: Buffer.from('grüße\n').toString('base64') }, { type: 'stdin', base64: '/w==' }, { type: 'signal', signal: 'INT' },
    { type: 'resize', columns: 80, rows: 24 }, { type: 'stdinEnd' }
  ])
})

t.test('the first message can be a payload for an image, with a token', async (t) => {
  const { port, runs } = await start(t)
  const { send, closed } = open(port, {})
  send({ token: SECOND_TOKEN, image: PYTHON.ref, payload: { files: [{ name: 'a.py', content: '' }], args: ['x'] }, limits: { time: 1000 }, tty: true })
  send({ type: 'stdinEnd' })
  t.equal(await closed, 1000)
  t.match(runs.requests[0], { tokenName: 'grader', limits: { timeMs: 300_000 } })
  t.match(JSON.parse(String(runs.requests[0]?.payload)), { args: ['x'], tty: { columns: 80, rows: 24 }, limits: { time: 300 } })
})

t.test('an invalid first message returns an error that names the member, and closes the socket', async (t) => {
  const { port, runs } = await start(t)
  const cases: Array<[unknown, object]> = [
    ['{', { error: 'request.invalid', message: /^The message is not JSON/ }],
    [[], { error: 'request.invalid', message: 'The message must be a JSON object' }],
    [{}, { error: 'request.invalid', message: 'image is required' }],
    [{ language: 'python' }, { error: 'request.invalid', message: 'code is required' }],
    [{ ...FIRST, image: 'x' }, { error: 'request.invalid', message: 'language must not be combined with image' }],
    [{ ...FIRST, tty: 'yes' }, { error: 'request.invalid', message: 'tty must be boolean,object,null' }],
    [{ ...FIRST, tty: { columns: 80 } }, { error: 'request.invalid', message: 'tty.rows is required' }],
    [{ ...FIRST, tty: { columns: 0, rows: 1 } }, { error: 'request.invalid', message: 'tty.columns must be >= 1' }],
    [{ ...FIRST, code: 'x'.repeat(50_001) }, { error: 'request.too_large' }],
    [{ ...FIRST, language: 'cobol' }, { error: 'language.unsupported' }],
    [{ ...FIRST, limits: { memory: 2 ** 40 } }, { error: 'request.invalid', message: /^limits.memory must be at most .*DOCKER_CONTAINER_MEMORY_CAP/ }],
    [{ image: PYTHON.ref, payload: { files: [] } }, { error: 'request.invalid', message: /^payload.files must contain/ }],
    [{ image: PYTHON.ref, payload: { files: [{ name: 'a', content: '' }], cases: [{}] } }, { error: 'request.invalid', message: /^payload.cases/ }],
    [{ ...FIRST, language: 'ruby' }, { error: 'request.invalid', message: /require version 2 .* runonce\/ruby:latest implements version 1/ }]
  ]
  for (const [message, expected] of cases) {
    const { send, events, closed } = open(port)
    send(message)
    t.equal(await closed, 1008, JSON.stringify(message).slice(0, 100))
    t.match(events, [{ type: 'error', requestId: String, ...expected }], JSON.stringify(message).slice(0, 100))
  }
  t.same(runs.requests, [])
})

t.test('an invalid message ends the run', async (t) => {
  const { port, runs } = await start(t)
  const cases: Array<[unknown, string | RegExp]> = [
    [{}, 'type must be one of stdin, stdinEnd, signal, resize'],
    [{ type: 'toString' }, /^type must be one of/],
    [{ type: 'stdin' }, 'text is required'],
    [{ type: 'stdin', text: 5 }, 'text must be string'],
    [{ type: 'stdin', text: 'a', base64: 'YQ==' }, 'text must not be combined with base64'],
    [{ type: 'stdin', base64: 'YQ' }, 'base64 must be base64'],
    ['{"type":"stdin","text":"\\ud800"}', /^text must be well-formed Unicode/],
    [{ type: 'signal' }, 'signal is required'],
    [{ type: 'signal', signal: 'HUP' }, /^signal must be equal to one of/],
    [{ type: 'resize', columns: 80, rows: 70_000 }, 'rows must be <= 65535'],
    ['', /^The message is empty/],
    [Buffer.from('{"type":"stdinEnd"}'), 'Messages must be text']
  ]
  for (const [message, expected] of cases) {
    const { socket, send, events, closed } = open(port)
    send(FIRST)
    await once(socket, 'open')
    if (Buffer.isBuffer(message)) socket.send(message)
    else send(message)
    t.equal(await closed, 1008)
    t.match(events, [{ type: 'error', error: 'request.invalid', message: expected }], JSON.stringify(message))
  }
  t.ok(runs.requests.every(({ signal }) => signal.aborted))
})

t.test('input that the container does not read is bounded, because the service stops reading from the socket', async (t) => {
  const { port, runs, stopping } = await start(t)
  runs.handler = async ({ signal }) => await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const { socket, send } = open(port)
  send(FIRST)
  await until(() => runs.requests.length === 1)
  const text = 'x'.repeat(60_000)
  for (let n = 0; n < 400; n++) send({ type: 'stdin', text })
  await new Promise((resolve) => setTimeout(resolve, 500))
  t.ok((runs.requests[0]?.input?.readableLength ?? Infinity) < 500_000, `${runs.requests[0]?.input?.readableLength} bytes wait`)
  t.ok(socket.bufferedAmount > 10_000_000, `${socket.bufferedAmount} bytes remain at the client`)
  stopping.abort(overloaded('The service is shutting down', 1))
  socket.terminate()
})

t.test('the input of a container that reads again is complete and in order', async (t) => {
  const { port, runs } = await start(t)
  const received: string[] = []
  runs.handler = async ({ input }) => {
    await new Promise((resolve) => setTimeout(resolve, 200))
    for await (const chunk of input ?? []) {
      received.push(String(chunk))
      if (String(chunk).includes('stdinEnd')) break
    }
    return decodedOf(COMPLETED)
  }
  const { send, closed } = open(port)
  send(FIRST)
  const texts = Array.from({ length: 100 }, (_, n) => String(n).padEnd(20_000))
  for (const text of texts) send({ type: 'stdin', text })
  send({ type: 'stdin', text: 'y'.repeat(200_000) })
  send({ type: 'stdinEnd' })
  t.equal(await closed, 1000)
  const lines = received.join('').trim().split('\n')
  t.ok(lines.every((line) => line.length < 66_000), 'no line is longer than the runner reads')
  const stdin = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'stdin').map(({ base64 }) => Buffer.from(base64, 'base64').toString()).join('')
  t.ok(stdin === texts.join('') + 'y'.repeat(200_000))
})
