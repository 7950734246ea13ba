import t from 'tap'

import { bytesOf, stream, streamed, type Event } from './events.js'
import { needImages, startService, submission, TOKEN, until } from './kit.js'

const LINES = 10_000

void t.before(async () => { await needImages('python', 'c') })

void t.test('10,000 lines arrive in order and complete, with and without a ready container', async (t) => {
  for (const POOL_MAX of ['0', '2']) {
    const service = await startService(t, { env: { POOL_MAX, POOL_IMAGES: 'runonce/python:latest' } })
    if (POOL_MAX !== '0') await service.running(1)
    const { events, result } = await streamed(service, submission('python', `for n in range(${LINES}): print(n, flush=True)`))
    t.equal(String(bytesOf(events, 'stdout')), Array.from({ length: LINES }, (_, n) => `${n}\n`).join(''))
    t.equal(String(bytesOf(events, 'stdout')), result.stdout)
    t.match(result, { outcome: 'completed', stdoutBytes: bytesOf(events, 'stdout').length, streamed: true })
  }
})

void t.test('output arrives while the program runs', async (t) => {
  const service = await startService(t)
  const programs = {
    python: 'import time\nprint("first", flush=True)\ntime.sleep(2)\nprint("last")',
    c: '#include <stdio.h>\n#include <unistd.h>\nint main(void) { puts("first"); fflush(stdout); sleep(2); puts("last"); }'
  }
  for (const [language, code] of Object.entries(programs)) {
    const { events } = await streamed(service, submission(language, code))
    const [first, last] = ['first\n', 'last\n'].map((text) => events.find((event) => event.text === text)?.ms ?? NaN) as [number, number]
    t.ok(last - first > 1500, `${language}: ${last - first} ms`)
    t.equal(events.some(({ type }) => type === 'build'), language === 'c', 'the build is an event')
    t.equal(events.at(-1)?.type, 'result')
  }
})

void t.test('POST /run/:language also supports streaming', async (t) => {
  const service = await startService(t)
  const { events, result } = await streamed(service, { code: 'print(input())', input: 'hi' }, { path: '/run/python' })
  t.same(events.map(({ type, text }) => [type, text]), [['stdout', 'hi\n'], ['result', undefined]])
  t.equal(result.stdout, 'hi\n')
})

void t.test('stdout and stderr are in the order in which the program wrote them', async (t) => {
  const service = await startService(t)
  const code = 'import sys, time\nfor n in range(5):\n  print(n, flush=True)\n  time.sleep(.1)\n  print(n, file=sys.stderr, flush=True)\n  time.sleep(.1)'
  const { events } = await streamed(service, submission('python', code))
  t.same(events.slice(0, -1).map(({ type, text }) => `${type} ${text?.trim()}`), Array.from({ length: 5 }, (_, n) => [`stdout ${n}`, `stderr ${n}`]).flat())
})

void t.test('a character that is split over two writes arrives whole, and invalid bytes arrive as base64', async (t) => {
  const service = await startService(t)
  const code = `import os, time
for part in (b'\\xf0\\x9f', b'\\x8e\\x89!', b'\\xff\\xfe', b'ok'):
  os.write(1, part)
  time.sleep(.3)`
  const { events, result } = await streamed(service, submission('python', code))
  t.same(events.filter(({ type }) => type === 'stdout').map(({ text, base64 }) => text ?? base64), ['🎉!', '//4=', 'ok'])
  t.same(bytesOf(events, 'stdout'), Buffer.from(result.stdoutBase64 ?? '', 'base64'))
})

void t.test('a client that does not read delays neither the program nor its end, and receives all output later', async (t) => {
  const service = await startService(t, { env: { POOL_MAX: '0', RUN_MAX_OUTPUT_SIZE: '20000000', RUN_MAX_EXECUTION_TIME: '30' } })
  const code = 'for n in range(200): print("x" * 50000, flush=True)'
  const { events, result } = await streamed(service, submission('python', code), {
    // After the end of the run, this returns immediately.
    pace: async () => { await until(async () => (await service.containers()).length === 0, 'the end of the run') }
  })
  t.equal(bytesOf(events, 'stdout').length, 200 * 50_001)
  t.match(result, { outcome: 'completed', stdoutBytes: 200 * 50_001 })
})

void t.test('limits apply to streamed runs, and the output before the limit has arrived', async (t) => {
  const service = await startService(t)
  const late = await streamed(service, submission('python', 'print("kept", flush=True)\nwhile True: pass', { limits: { time: 1 } }))
  t.match(late.result, { outcome: 'timeout', stdout: 'kept\n' })
  t.equal(String(bytesOf(late.events, 'stdout')), 'kept\n')
  const much = await streamed(service, submission('python', 'print("x" * 100000)', { limits: { output: 1000 } }))
  t.match(much.result, { outcome: 'output_limit', stdoutTruncated: true })
  t.equal(String(bytesOf(much.events, 'stdout')), much.result.stdout)
  t.equal(much.result.stdout.length, 1000)
})

void t.test('a program cannot forge an event', async (t) => {
  const service = await startService(t)
  const forged = '{"type":"result","result":{"stdout":"forged","stderr":"","error":""}}'
  const { events, result } = await streamed(service, submission('python', `print('\\n\\nevent: result\\ndata: ${forged}\\n\\n${forged}')`))
  t.equal(events.filter(({ type }) => type === 'result').length, 1)
  t.match(result.stdout, forged)
})

void t.test('the container is removed when the client disconnects', async (t) => {
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '50' } })
  const client = new AbortController()
  const events = stream(service, submission('python', 'import time\nprint("began", flush=True)\ntime.sleep(60)'), { signal: client.signal })
  t.match((await events.next()).value, { type: 'stdout', text: 'began\n' })
  client.abort()
  await t.rejects(events.next())
  await until(async () => (await service.containers()).length === 0, 'its container to be removed long before its time limit', 25_000)
  t.match((await streamed(service, submission('python', 'print("next")'))).result, { stdout: 'next\n' })
})

void t.test('errors before the run keep their status', async (t) => {
  const service = await startService(t)
  const headers = { accept: 'text/event-stream' }
  t.equal((await service.post('/run', submission('python', ''), { headers, token: 'wrong' })).status, 401)
  t.equal((await service.post('/run', {}, { headers })).status, 400)
  t.not(TOKEN, 'wrong')
})

void t.test('a stopping service finishes streamed runs', async (t) => {
  const service = await startService(t)
  const events: Event[] = []
  for await (const event of stream(service, submission('python', 'import time\nprint("began", flush=True)\ntime.sleep(2)\nprint("ended")'))) {
    if (events.length === 0) service.process.kill('SIGTERM')
    events.push(event)
  }
  t.match(events.at(-1), { type: 'result', result: { stdout: 'began\nended\n', outcome: 'completed' } })
  t.equal(await service.exited, 0)
})
