import t from 'tap'

import { containerStartFailed, executionTimeExceeded, overloaded } from '../../../../service/errors.js'
import { COMPLETED, decodedOf, languageImage } from '../../fakes.js'
import { startApp, type StartedApp } from '../start-app.js'

const PYTHON = languageImage('python', { aliases: ['py'], main: 'main.py', version: '3.13.5', protocol: 2 })
const IMAGES = [PYTHON, languageImage('cpp', { version: '14.2', protocol: 2, builds: true }), languageImage('old', { version: '' })]
const BODY = { language: 'python', version: '*', files: [{ content: 'print(1)' }] }
const URL = '/api/v2/execute'
const MEBIBYTE = 1024 * 1024
const payloadOf = ({ runs }: StartedApp) => JSON.parse(String(runs.requests.at(-1)?.payload))

async function resultOf (service: StartedApp, result: object, body: object = BODY) {
  service.runs.handler = async () => decodedOf({ ...COMPLETED, ...result })
  const response = await service.post(URL, body)
  t.equal(response.statusCode, 200, response.body)
  return response.json()
}

t.test('the response has exactly Piston\'s members', async (t) => {
  t.same(await resultOf(await startApp(t, { images: IMAGES }), {}), {
    run: { stdout: 'hi\n', stderr: '', output: 'hi\n', code: 0, signal: null, message: null, status: null, cpu_time: 1, wall_time: 12.345678, memory: 4096 },
    language: 'python',
    version: '3.13.5'
  })
})

t.test('each member of the request reaches the container', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  await resultOf(service, {}, {
    language: 'py',
    version: '3.x',
    files: [{ name: 'b.bin', content: 'ff00', encoding: 'hex' }, { name: 'main.py', content: 'x', encoding: 'utf8' }, { content: 'eQ==', encoding: 'base64' }, { name: '', content: 'z', encoding: 'latin1' }],
    stdin: 'in',
    args: ['a'],
    run_timeout: 1500,
    compile_timeout: 3000,
    run_memory_limit: 300 * MEBIBYTE,
    compile_memory_limit: -1
  })
  t.same(payloadOf(service), {
    files: [{ name: 'main.py', content: 'x' }, { name: 'b.bin', content: '/wA=', encoding: 'base64' }, { name: 'file2.code', content: 'y' }, { name: 'file3.code', content: 'z' }],
    stdin: 'in\n',
    args: ['a'],
    limits: { time: 1.5 },
    stream: true
  }, 'the first text file is the main file')
  t.match(service.runs.requests[0], { image: { ref: 'runonce/python:latest' }, limits: { memoryBytes: 300 * MEBIBYTE } })
})

t.test('stdin ends with a newline, and absent limits are the service\'s', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  for (const [stdin, expected] of [[undefined, '\n'], [null, '\n'], ['', '\n'], ['a', 'a\n'], ['a\n', 'a\n']] as const) {
    await resultOf(service, {}, { ...BODY, stdin, run_timeout: 0, run_memory_limit: -1, run_cpu_time: null })
    t.match(payloadOf(service), { stdin: expected, limits: { time: 10 } })
    t.equal(service.runs.requests.at(-1)?.limits.memoryBytes, undefined)
  }
})

t.test('a language with a build has both stages, separate time limits and the higher memory limit', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const body = { ...BODY, language: 'cpp', compile_timeout: 3000, run_timeout: 2000, run_memory_limit: 20 * MEBIBYTE, compile_memory_limit: 500 * MEBIBYTE }
  const build = { stdout: 'o', stderr: 'e', exitCode: 0, duration: 250e6 }
  const result = { ...COMPLETED, stdout: '', cpuTime: 201e6, build, cases: [{ ...COMPLETED, duration: 7e6, memoryPeak: 5000 }] }
  t.match(await resultOf(service, result, body), {
    compile: { stdout: 'o', stderr: 'e', output: 'oe', code: 0, signal: null, message: null, status: null, cpu_time: 200, wall_time: 250, memory: null },
    run: { stdout: 'hi\n', output: 'hi\n', code: 0, cpu_time: 1, wall_time: 7, memory: 5000 },
    version: '14.2.0'
  })
  t.match(payloadOf(service), { limits: { buildTime: 3 }, cases: [{ limits: { time: 2 } }] })
  t.equal(service.runs.requests.at(-1)?.limits.memoryBytes, 500 * MEBIBYTE)
  t.match((await resultOf(service, { ...result, cases: [{ ...COMPLETED, cpuTime: 2e9 }] }, { ...body, run_cpu_time: 1500 })).run, { status: 'TO' })
  t.match((await resultOf(service, { ...result, cpuTime: 9e9 }, { ...body, run_cpu_time: 1500 })).run, { code: 0 }, 'the CPU time of the build does not count')
  await resultOf(service, result, { ...body, compile_memory_limit: -1 })
  t.equal(service.runs.requests.at(-1)?.limits.memoryBytes, 256 * MEBIBYTE, 'the build keeps the default')
})

t.test('if the build fails, run is the same as compile', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const build = { stdout: '', stderr: 'error\n', exitCode: 1, duration: 5e6 }
  const failed = await resultOf(service, { outcome: 'build_failed', phase: 'build', exitCode: 1, stdout: '', build }, { ...BODY, language: 'cpp' })
  t.match(failed.compile, { stderr: 'error\n', output: 'error\n', code: 1, signal: null, status: 'RE', wall_time: 5 })
  t.same(failed.run, failed.compile)
  const late = await resultOf(service, { outcome: 'timeout', phase: 'build', exitCode: null, build: { ...build, exitCode: null } }, { ...BODY, language: 'cpp' })
  t.match(late.run, { code: null, signal: 'SIGKILL', status: 'TO', message: 'Time limit exceeded' })
})

t.test('code, signal, status and message correspond to the outcome', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const none = { exitCode: null }
  const cases: Array<[object, object]> = [
    [{ exitCode: 3, outcome: 'failed' }, { code: 3, signal: null, status: 'RE', message: 'Exited with error status 3' }],
    [{ ...none, outcome: 'signaled', signal: 'SIGSEGV' }, { code: null, signal: 'SIGSEGV', status: 'SG', message: 'Caught fatal signal 11' }],
    [{ ...none, outcome: 'out_of_memory' }, { code: null, signal: 'SIGKILL', status: 'SG', message: 'Caught fatal signal 9' }],
    [{ ...none, outcome: 'timeout' }, { code: null, signal: 'SIGKILL', status: 'TO', message: 'Time limit exceeded', stdout: 'hi\n' }],
    [{ ...none, outcome: 'output_limit', stdoutTruncated: true }, { signal: 'SIGKILL', status: 'OL', message: 'stdout length exceeded' }],
    [{ ...none, outcome: 'output_limit', stderrTruncated: true }, { signal: 'SIGKILL', status: 'EL', message: 'stderr length exceeded' }],
    [{ memoryPeak: null }, { memory: null, code: 0 }]
  ]
  for (const [result, expected] of cases) t.match((await resultOf(service, result)).run, expected, JSON.stringify(result))
  t.match((await resultOf(service, { cpuTime: 2e9 }, { ...BODY, run_cpu_time: 1000 })).run, { status: 'TO', code: null })
  t.match((await resultOf(service, { cpuTime: 9e8 }, { ...BODY, run_cpu_time: 1000 })).run, { status: null, code: 0 })
})

t.test('output has stdout and stderr in the order of their arrival', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  service.runs.handler = async ({ events }) => {
    events?.started()
    events?.event({ type: 'build', json: Buffer.from('{}') })
    events?.event({ type: 'stdout', text: '1' })
    events?.event({ type: 'stderr', text: '2' })
    events?.event({ type: 'stdout', base64: Buffer.from('3').toString('base64') })
    return decodedOf({ ...COMPLETED, stdout: '13late', stderr: '2' })
  }
  t.equal((await service.post(URL, BODY)).json().run.output, '123late')
  t.equal((await resultOf(service, { stdout: 'a', stderr: 'b' })).run.output, 'ab', 'without events')
})

t.test('runtimes and packages list the languages with semantic versions', async (t) => {
  const { inject } = await startApp(t, { images: IMAGES })
  t.same((await inject({ url: '/api/v2/runtimes' })).json(), [
    { language: 'python', version: '3.13.5', aliases: ['py'] }, { language: 'cpp', version: '14.2.0', aliases: [] }, { language: 'old', version: '0.0.0', aliases: [] }
  ])
  t.same((await inject({ url: '/api/v2/packages' })).json()[0], { language: 'python', language_version: '3.13.5', installed: true })
})

t.test('versions are selected by ranges', async (t) => {
  const { post } = await startApp(t, { images: IMAGES })
  for (const version of ['*', '3', '3.x', '3.13.5', '^3.10.0', '>=3', '~3.13']) t.equal((await post(URL, { ...BODY, version })).statusCode, 200, version)
  for (const version of ['3.10.0', '2', '>3.13.5', 'latest']) {
    t.match((await post(URL, { ...BODY, version })).json(), { message: `python-${version} runtime is unknown` })
  }
})

t.test('invalid requests return Piston\'s messages', async (t) => {
  const { post, runs } = await startApp(t, { images: IMAGES })
  const cases: Array<[unknown, string | RegExp]> = [
    [{}, 'language is required as a string'], [{ ...BODY, language: 1 }, 'language is required as a string'],
    [{ language: 'python' }, 'version is required as a string'], [{ ...BODY, version: '' }, 'version is required as a string'],
    [{ ...BODY, files: undefined }, 'files is required as an array'], [{ ...BODY, files: {} }, 'files is required as an array'],
    [{ ...BODY, files: [{ content: '' }, {}] }, 'files[1].content is required as a string'], [{ ...BODY, files: [null] }, 'files[0].content is required as a string'],
    [{ ...BODY, files: [] }, 'files must include at least one utf8 encoded file'],
    [{ ...BODY, files: [{ content: '', encoding: 'hex' }] }, 'files must include at least one utf8 encoded file'],
    [{ ...BODY, language: 'cobol' }, 'cobol-* runtime is unknown'], [{ ...BODY, language: 'constructor' }, 'constructor-* runtime is unknown'],
    [{ ...BODY, run_timeout: '1' }, 'If specified, run_timeout must be a number'], [{ ...BODY, run_timeout: 10_001 }, 'run_timeout cannot exceed the configured limit of 10000'],
    [{ ...BODY, compile_timeout: 10_001 }, 'compile_timeout cannot exceed the configured limit of 10000'], [{ ...BODY, run_timeout: -1 }, 'run_timeout must be non-negative'],
    [{ ...BODY, run_cpu_time: 10_001 }, 'run_cpu_time cannot exceed the configured limit of 10000'], [{ ...BODY, compile_cpu_time: -2 }, 'compile_cpu_time must be non-negative'],
    [{ ...BODY, run_memory_limit: 2 ** 31 }, `run_memory_limit cannot exceed the configured limit of ${2 ** 30}`],
    [{ ...BODY, run_timeout: false }, 'If specified, run_timeout must be a number'], [{ ...BODY, run_memory_limit: '' }, 'If specified, run_memory_limit must be a number'],
    [{ ...BODY, compile_memory_limit: 'x' }, 'If specified, compile_memory_limit must be a number'],
    [{ ...BODY, stdin: 1 }, /stdin/], [{ ...BODY, args: 'x' }, /args/], [{ ...BODY, args: [1] }, /args/], [{ ...BODY, files: [{ name: 1, content: '' }] }, /name/],
    [{ ...BODY, files: [{ name: '../x', content: '' }] }, /must not contain/], [[], /must be object/], ['{', /not JSON/]
  ]
  for (const [body, message] of cases) {
    const response = await post(URL, body)
    t.equal(response.statusCode, 400, JSON.stringify(body))
    t.match(response.json(), { message }, JSON.stringify(body))
    t.same(Object.keys(response.json()), ['message'])
  }
  t.same(runs.requests, [])
})

t.test('other errors have Piston\'s form', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const { app, post, runs } = service
  t.match((await app.inject({ url: '/api/v2/runtimes' })), { statusCode: 401, body: '{"message":"Missing or wrong access token"}' })
  t.match(await post(URL, 'x', { 'content-type': 'text/plain' }), { statusCode: 415, body: '{"message":"requests must be of type application/json"}' })
  for (const [error, status] of [[containerStartFailed('no'), 500], [overloaded('full', 2), 503], [new Error('secret'), 500]] as const) {
    runs.handler = async () => { throw error }
    const response = await post(URL, BODY)
    t.equal(response.statusCode, status)
    t.same(Object.keys(response.json()), ['message'])
    t.notMatch(response.body, /secret/)
  }
  runs.handler = async () => { throw executionTimeExceeded('late', { details: { result: { ...COMPLETED, outcome: 'timeout', exitCode: null } } }) }
  t.match((await post(URL, BODY)).json().run, { status: 'TO' }, 'RUN_LIMITS_RESPONSE=error has no effect')
  runs.handler = async () => decodedOf({ ...COMPLETED, outcome: 'invalid', exitCode: null, error: 'Cannot write files' })
  t.match(await post(URL, BODY), { statusCode: 400, body: '{"message":"Cannot write files"}' })
})
