import { once } from 'node:events'

import t from 'tap'
import { WebSocket } from 'ws'

import { needImages, startService, TOKEN, type Service } from './kit.js'
import { until } from './until.js'

void t.before(async () => { await needImages('python', 'javascript', 'c') })

const EXECUTE = '/api/v2/execute'
const STAGE = { stdout: String, stderr: String, output: String, code: Number, signal: null, message: null, status: null, cpu_time: Number, wall_time: Number, memory: Number }
const BYTES = Buffer.from([0, 0xff, 0x80, 0x0a])

const python = (content: string, more: object = {}) => ({ language: 'python', version: '*', files: [{ name: 'main.py', content }], ...more })

/** Sends the same messages as Piston's command-line client in interactive mode. Closes the socket after the test. */
async function connect (t: { teardown: (work: () => void) => void }, service: Service, request: object) {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/api/v2/connect`, { headers: { authorization: `Bearer ${TOKEN}` } })
  t.teardown(() => { socket.terminate() })
  const messages: Array<Record<string, unknown>> = []
  socket.on('message', (data) => { messages.push(JSON.parse(String(data))) })
  const closed = once(socket, 'close').then(([code, reason]) => [code, String(reason)])
  const output = () => messages.map(({ data = '' }) => data).join('')
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'init', compile_timeout: 10_000, run_timeout: 10_000, ...request }))
  return { socket, messages, closed, output, send: (message: object) => { socket.send(JSON.stringify(message)) } }
}

void t.test('each example of Piston\'s API documentation has the documented response', async (t) => {
  const service = await startService(t)
  const runtimes = await service.request('/api/v2/runtimes')
  t.equal(runtimes.status, 200)
  for (const runtime of runtimes.body) t.match(runtime, { language: String, version: /^\d+\.\d+\.\d+$/, aliases: Array })
  const { version } = runtimes.body.find(({ language }: { language: string }) => language === 'javascript')
  const packages = await service.request('/api/v2/packages')
  t.equal(packages.status, 200)
  for (const each of packages.body) t.match(each, { language: String, language_version: String, installed: Boolean })
  const example = {
    language: 'js',
    version,
    files: [{ name: 'my_cool_code.js', content: 'console.log(process.argv)' }],
    stdin: '',
    args: ['1', '2', '3'],
    compile_timeout: 10_000,
    run_timeout: 3000,
    compile_memory_limit: -1,
    run_memory_limit: -1
  }
  const { status, headers, body } = await service.post(EXECUTE, example)
  t.equal(status, 200)
  t.match(headers.get('content-type'), /^application\/json/)
  t.match(body, { run: STAGE, language: 'javascript', version })
  t.match(body.run.stdout, /^\[\n {2}'.*node',\n {2}'.*my_cool_code\.js',\n {2}'1',\n {2}'2',\n {2}'3'\n\]\n$/)
  t.equal(body.run.output, body.run.stdout)
  t.equal(body.run.code, 0)
  t.notOk('compile' in body)
  for (const method of ['POST', 'DELETE']) {
    const refused = await service.request('/api/v2/packages', { method, body: { language: 'bash', version: '5.x' } })
    t.same([refused.status, refused.body.error], [405, 'method_not_allowed'], 'the service does not install packages')
  }
})

void t.test('the requests of Piston\'s command-line client work', async (t) => {
  const service = await startService(t)
  const request = { args: ['x'], stdin: '', compile_timeout: 10_000, run_timeout: 3000 }
  const binary = { name: 'data.bin', content: BYTES.toString('base64'), encoding: 'base64' }
  const main = { name: 'main.py', content: 'import sys; print(list(open("data.bin", "rb").read()), sys.argv[1])', encoding: 'utf8' }
  const headers = { accept: 'application/json, text/plain, */*', 'content-type': 'application/json' }
  const { status, body } = await service.post(EXECUTE, { language: 'python', version: '*', files: [binary, main], ...request }, { headers })
  t.equal(status, 200)
  t.equal(body.run.output, '[0, 255, 128, 10] x\n')
  const c = await service.post(EXECUTE, { language: 'c', version: '*', files: [{ name: 'a.c', content: 'int main(void) { return 2; }', encoding: 'utf8' }], ...request }, { headers })
  t.match(c.body, { compile: { ...STAGE, memory: null, code: 0 }, run: { code: 2, signal: null, status: 'RE' } })
})

void t.test('files can be base64 and hex', async (t) => {
  const service = await startService(t)
  const files = [
    { name: 'main.py', content: 'for name in "ab": print(list(open(name, "rb").read()))' },
    { name: 'a', content: BYTES.toString('base64'), encoding: 'base64' },
    { name: 'b', content: BYTES.toString('hex'), encoding: 'hex' }
  ]
  const { body } = await service.post(EXECUTE, { language: 'python', version: '*', files })
  t.equal(body.run.stdout, '[0, 255, 128, 10]\n'.repeat(2))
})

void t.test('output has both streams in the order in which the program wrote them', async (t) => {
  const service = await startService(t)
  const code = `import sys, time
for n in range(6):
    print(n, file=[sys.stdout, sys.stderr][n % 2], flush=True)
    time.sleep(0.1)`
  const { body } = await service.post(EXECUTE, python(code))
  t.match(body.run, { stdout: '0\n2\n4\n', stderr: '1\n3\n5\n', output: '0\n1\n2\n3\n4\n5\n' })
  const c = `#include <stdio.h>
#include <unistd.h>
int main(void) { for (int n = 0; n < 4; n++) { dprintf(1 + n % 2, "%d\\n", n); usleep(100000); } return 0; }`
  const compiled = await service.post(EXECUTE, { language: 'c', version: '*', files: [{ name: 'main.c', content: c }] })
  t.match(compiled.body.run, { stdout: '0\n2\n', stderr: '1\n3\n', output: '0\n1\n2\n3\n' })
})

void t.test('build and run have separate time limits', async (t) => {
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '20' } })
  const c = (body: string, more: object) => service.post(EXECUTE, { language: 'c', version: '*', files: [{ name: 'main.c', content: `#include <unistd.h>\nint main(void) { ${body} }` }], compile_timeout: 15_000, ...more })
  const late = (await c('for (;;) sleep(1);', { run_timeout: 500 })).body
  t.match(late, { compile: { code: 0 }, run: { code: null, signal: 'SIGKILL', status: 'TO' } })
  t.ok(late.run.wall_time >= 500 && late.run.wall_time < 5000, `${late.run.wall_time} ms, although the build left most of its time`)
  const build = (await c('return 0;', { compile_timeout: 1 })).body
  t.match(build.compile, { code: null, signal: 'SIGKILL', status: 'TO' })
  t.same(build.run, build.compile)
})

void t.test('invalid requests have Piston\'s status and message', async (t) => {
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '5' } })
  const cases: Array<[body: unknown, headers: Record<string, string>, status: number, message: string]> = [
    [python('', { run_timeout: 5001 }), {}, 400, 'run_timeout cannot exceed the configured limit of 5000'],
    [python('', { run_memory_limit: 2 ** 40 }), {}, 400, 'run_memory_limit cannot exceed the configured limit of 1073741824'],
    [python('', { language: 'none' }), {}, 400, 'none-* runtime is unknown'],
    ['language=python', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'requests must be of type application/json']
  ]
  for (const [body, headers, status, message] of cases) {
    const response = await service.post(EXECUTE, body, { headers })
    t.same([response.status, response.body], [status, { message }])
  }
})

void t.test('the WebSocket runs a program interactively', async (t) => {
  const service = await startService(t)
  const { messages, closed, output, send } = await connect(t, service, python('import sys; print(input("? ")[::-1], file=sys.stderr); sys.exit(3)'))
  await until(() => output() === '? ', 'the prompt')
  send({ type: 'data', stream: 'stdin', data: 'abc\n' })
  t.same(await closed, [4999, 'Job Completed'])
  t.match(messages[0], { type: 'runtime', language: 'python', version: /^3\./ })
  t.same(messages.slice(1), [
    { type: 'stage', stage: 'run' }, { type: 'data', stream: 'stdout', data: '? ' }, { type: 'data', stream: 'stderr', data: 'cba\n' }, { type: 'exit', stage: 'run', code: 3, signal: null }
  ])
})

void t.test('the WebSocket reports the build, and sends signals', async (t) => {
  const service = await startService(t)
  const files = [{ name: 'main.c', content: '#include <stdio.h>\n#include <unistd.h>\nint main(void) { puts("ready"); fflush(stdout); for (;;) pause(); }' }]
  const { messages, closed, output, send } = await connect(t, service, { language: 'c', version: '*', files })
  await until(() => output().includes('ready'), 'the output')
  send({ type: 'signal', signal: 'SIGTERM' })
  t.same(await closed, [4999, 'Job Completed'])
  t.match(messages, [
    { type: 'runtime', language: 'c' }, { stage: 'compile' }, { type: 'exit', stage: 'compile', code: 0 }, { stage: 'run' }, { data: 'ready\n' }, { type: 'exit', stage: 'run', code: null, signal: 'SIGTERM' }
  ])
  const broken = await connect(t, service, { language: 'c', version: '*', files: [{ name: 'main.c', content: 'int main( {' }] })
  t.same(await broken.closed, [4999, 'Job Completed'])
  t.match(broken.messages.slice(1), [{ stage: 'compile' }, { type: 'data', stream: 'stderr', data: /error/ }, { type: 'exit', stage: 'compile', code: 1, signal: null }])
})

void t.test('on the WebSocket, the time limit of the run begins after the build', async (t) => {
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '60' } })
  const files = [{ name: 'main.c', content: '#include <unistd.h>\nint main(void) { for (;;) pause(); }' }]
  const { messages, closed } = await connect(t, service, { language: 'c', version: '*', files, compile_timeout: 50_000, run_timeout: 1000 })
  await until(() => messages.some(({ stage }) => stage === 'run'), 'the end of the build')
  const builtAt = performance.now()
  t.same(await closed, [4999, 'Job Completed'])
  t.same(messages.at(-1), { type: 'exit', stage: 'run', code: null, signal: 'SIGKILL' })
  t.ok(performance.now() - builtAt < 15_000, 'the run does not have the time that the build left')
})
