import t from 'tap'

import { decodedOf, COMPLETED, languageImage } from '../fakes.js'
import { engineUnreachable } from '../../../service/errors.js'
import { startApp } from './start-app.js'

t.test('a language runs by its name or an alias in any case, as one file with the language\'s main file name', async (t) => {
  const { post, runs } = await startApp(t)
  for (const name of ['python', 'py', 'py3', 'Python', 'PY']) {
    const response = await post(`/run/${name}`, { code: 'print(1)', input: 'in' })
    t.equal(response.statusCode, 200, name)
    t.equal(runs.requests.at(-1)?.image.ref, 'runonce/python:latest')
    t.same(JSON.parse(String(runs.requests.at(-1)?.payload)), { files: [{ name: 'main.py', content: 'print(1)' }], stdin: 'in', limits: {} })
  }
})

t.test('POST / runs python', async (t) => {
  const { post, runs } = await startApp(t)
  t.same((await post('/', { code: 'x' })).json(), COMPLETED)
  t.match(runs.requests[0], { image: { ref: 'runonce/python:latest' } })
  t.match(JSON.parse(String(runs.requests[0]?.payload)), { files: [{ content: 'x' }] })
})

t.test('absent input results in empty stdin', async (t) => {
  const { post, runs } = await startApp(t)
  for (const body of [{ code: '' }, { code: '', input: null }, { code: '', input: '' }]) {
    t.equal((await post('/', body)).statusCode, 200)
    t.equal(JSON.parse(String(runs.requests.at(-1)?.payload)).stdin, '')
  }
})

t.test('a name takes precedence over another language\'s alias', async (t) => {
  const images = [languageImage('a', { aliases: ['b'] }), languageImage('b')]
  const { post, runs } = await startApp(t, { images })
  await post('/run/b', { code: '' })
  t.equal(runs.requests[0]?.image.ref, 'runonce/b:latest')
})

t.test('an unsupported language returns 400, and the message lists the supported languages', async (t) => {
  const { post } = await startApp(t)
  for (const [url, body] of [['/run/cobol', {}], ['/run/__proto__', {}], ['/run/glot%2Fpython', {}], ['/api/execute', { language: 'constructor' }]] as const) {
    const response = await post(url, { code: '', ...body })
    t.equal(response.statusCode, 400, url)
    t.match(response.json(), { error: 'language.unsupported', message: /supported languages: css, html, plaintext, python/ })
  }
  const none = await startApp(t, { images: [] })
  t.match((await none.post('/', { code: '' })).json(), { error: 'language.unsupported', message: /none/ })
})

t.test('/api/execute returns the result in a separate format', async (t) => {
  const { post, runs } = await startApp(t)
  const cases: Array<[object, object]> = [
    [{}, { stdout: 'hi\n', stderr: '', executionTime: 12.35, exitCode: 0 }],
    [{ exitCode: 3, outcome: 'failed', error: 'Exit code: 3' }, { exitCode: 3, error: 'Exit code: 3' }],
    [{ exitCode: null, signal: 'SIGSEGV', outcome: 'signaled', error: 'x' }, { exitCode: 139 }],
    [{ exitCode: null, signal: 'SIGTERM', outcome: 'signaled', error: 'x' }, { exitCode: 143 }],
    [{ exitCode: null, outcome: 'timeout', error: 'x' }, { exitCode: 137 }],
    [{ exitCode: null, outcome: 'output_limit', error: 'x' }, { exitCode: 137 }],
    [{ exitCode: null, outcome: 'out_of_memory', error: 'x' }, { exitCode: 137 }],
    [{ exitCode: null, signal: 'SIGRTMIN+0', outcome: 'signaled', error: 'x' }, { exitCode: 128 + 34 }],
    [{ exitCode: null, signal: 'SIGRTMIN+3', outcome: 'signaled', error: 'x' }, { exitCode: 128 + 37 }],
    [{ exitCode: null, signal: 'SIGRTMIN+30', outcome: 'signaled', error: 'x' }, { exitCode: 128 + 64 }],
    [{ exitCode: null, signal: 'SIG33', outcome: 'signaled', error: 'x' }, { exitCode: 128 + 33 }],
    ...['SIGRTMIN+31', 'SIGRTMIN', 'SIG0', 'SIG65', 'SIGNAL', 'toString', '', 5, { toString: 1 }].map((signal): [object, object] =>
      [{ exitCode: null, signal, outcome: 'signaled', error: 'x' }, { exitCode: 137 }]),
    [{ exitCode: null, outcome: 'invalid', error: 'x' }, { exitCode: 1, error: 'x' }],
    [{ exitCode: 1, outcome: 'build_failed', error: 'Exit code: 1' }, { exitCode: 1 }],
    [{ duration: 0 }, { executionTime: 0 }]
  ]
  for (const [result, expected] of cases) {
    runs.handler = async () => decodedOf({ ...COMPLETED, ...result })
    const response = await post('/api/execute', { code: '', language: 'python' })
    t.equal(response.statusCode, 200)
    t.match(response.json(), expected, JSON.stringify(result))
  }
  runs.handler = async () => decodedOf(COMPLETED)
  t.same(Object.keys((await post('/api/execute', { code: '', language: 'python' })).json()), ['stdout', 'stderr', 'executionTime', 'exitCode'], 'the error field is absent')
})

t.test('/api/execute appends the reason to stderr if a limit was exceeded, and only in this case', async (t) => {
  const { post, runs } = await startApp(t)
  const cases: Array<[object, string]> = [
    [{ outcome: 'timeout', exitCode: null, error: 'Time limit of 1 s exceeded', stderr: '' }, 'Time limit of 1 s exceeded\n'],
    [{ outcome: 'output_limit', exitCode: null, error: 'Output limit exceeded', stderr: 'half a line' }, 'half a line\nOutput limit exceeded\n'],
    [{ outcome: 'out_of_memory', exitCode: null, error: 'Out of memory', stderr: 'x\n' }, 'x\nOut of memory\n'],
    [{ outcome: 'failed', exitCode: 1, error: 'Exit code: 1', stderr: 'x' }, 'x'],
    [{ outcome: 'build_failed', exitCode: 1, error: 'Exit code: 1', stderr: 'x' }, 'x'],
    [{}, '']
  ]
  for (const [result, stderr] of cases) {
    runs.handler = async () => decodedOf({ ...COMPLETED, ...result })
    t.equal((await post('/api/execute', { code: '', language: 'python' })).json().stderr, stderr, JSON.stringify(result))
  }
})

t.test('/api/languages lists names and listed aliases, without a token', async (t) => {
  const { app } = await startApp(t)
  for (const url of ['/api/languages', '/api/languages?details=0', '/api/languages?details=false']) {
    t.same((await app.inject({ url })).json(), { languages: ['css', 'html', 'plaintext', 'python'] }, url)
  }
})

t.test('/api/languages?details=1 returns name, aliases, version, main file, image and hello', async (t) => {
  const { app } = await startApp(t)
  const { languages } = (await app.inject({ url: '/api/languages?details=1' })).json()
  t.same(languages[0], { name: 'python', aliases: ['py', 'py3'], version: '3.13.5', main: 'main.py', image: 'runonce/python:latest', hello: 'print("Hello World!")\n' })
  t.equal(languages.length, 2)
  t.equal((await app.inject({ url: '/api/languages?details=1&details=2' })).statusCode, 400)
})

t.test('/api/languages returns 500 docker.unixsocket without an engine', async (t) => {
  const { app, images, post } = await startApp(t)
  images.fail = engineUnreachable('Can\'t reach the Docker engine')
  for (const response of [await app.inject({ url: '/api/languages' }), await post('/', { code: '' }), await post('/run', { image: 'runonce/python:latest', payload: {} })]) {
    t.equal(response.statusCode, 500)
    t.equal(response.json().error, 'docker.unixsocket')
  }
})
