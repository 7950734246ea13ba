import t from 'tap'

import { containerStartFailed, executionTimeExceeded, overloaded } from '../../../../service/errors.js'
import { COMPLETED, decodedOf, languageImage } from '../../fakes.js'
import { startApp, type StartedApp } from '../start-app.js'

const PYTHON = languageImage('python', { main: 'main.py', protocol: 2 })
const CPP = languageImage('cpp', { main: 'main.cpp', protocol: 2, builds: true })
const IMAGES = [PYTHON, CPP, ...['javascript', 'sqlite', 'r', 'old'].map((name) => languageImage(name))]
const BODY = { code: 'print(1)', language: 'python' }
const BUILD = { stdout: '', stderr: 'warning\n', exitCode: 0, duration: 250_000_000 }
const base64 = (bytes: string | Buffer) => Buffer.from(bytes).toString('base64')

const payloadOf = ({ runs }: StartedApp) => JSON.parse(String(runs.requests.at(-1)?.payload))

async function resultOf (service: StartedApp, result: object, body: object = BODY) {
  service.runs.handler = async () => decodedOf({ ...COMPLETED, ...result })
  const response = await service.post('/run_code', body)
  t.equal(response.statusCode, 200)
  return response.json()
}

t.test('the response has exactly SandboxFusion\'s members', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  t.same(await resultOf(service, {}), {
    status: 'Success',
    message: '',
    compile_result: null,
    run_result: { status: 'Finished', execution_time: 0.012345678, return_code: 0, stdout: 'hi\n', stderr: '' },
    executor_pod_name: null,
    files: {}
  })
})

t.test('each member of the request reaches the container', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const body = {
    ...BODY,
    stdin: 'in',
    args: ['a', 'b'],
    compile_timeout: 3,
    run_timeout: 1.5,
    memory_limit_MB: 300,
    files: { 'data/in.txt': base64('größe'), './bin': base64(Buffer.from([0xff, 0])), absent: null },
    fetch_files: ['./out.png', 'a[1]*?.txt']
  }
  t.match(await resultOf(service, {}, body), { status: 'Success' })
  t.match(service.runs.requests[0], { image: { ref: 'runonce/python:latest' }, limits: { timeMs: 1500, memoryBytes: 300 * 1024 * 1024 }, tokenName: 'default' })
  t.match(payloadOf(service), {
    files: [{ name: 'main.py', content: 'print(1)' }, { name: 'data/in.txt', content: 'größe' }, { name: 'bin', content: '/wA=', encoding: 'base64' }],
    stdin: 'in',
    args: ['a', 'b'],
    limits: { time: 1.5 },
    outputs: ['out.png', 'a[[]1][*][?].txt']
  })
  t.equal(payloadOf(service).files.length, 3)
  t.notOk('buildTime' in payloadOf(service).limits, 'python has no build')
})

t.test('null and absent members mean the defaults', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  for (const body of [BODY, { ...BODY, stdin: null, args: null, files: {}, fetch_files: [], memory_limit_MB: -1, run_timeout: 10, compile_timeout: 10, other: 1 }]) {
    await resultOf(service, {}, body)
    t.match(payloadOf(service), { stdin: '', limits: { time: 10 } })
    for (const name of ['args', 'outputs']) t.notOk(name in payloadOf(service), name)
    t.equal(service.runs.requests.at(-1)?.limits.memoryBytes, undefined)
  }
})

t.test('the memory limit is kept within the limits of a container', async (t) => {
  const service = await startApp(t, { images: IMAGES, env: { DOCKER_CONTAINER_MEMORY_CAP: '536870912' } })
  for (const [mebibytes, bytes] of [[1, 16 * 1024 * 1024], [100, 100 * 1024 * 1024], [4096, 536_870_912], [0, undefined], [-5, undefined]] as const) {
    await resultOf(service, {}, { ...BODY, memory_limit_MB: mebibytes })
    t.equal(service.runs.requests.at(-1)?.limits.memoryBytes, bytes, String(mebibytes))
  }
})

t.test('SandboxFusion\'s language names select the images', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  for (const [language, image] of [['python', 'python'], ['cpp', 'cpp'], ['nodejs', 'javascript'], ['sql', 'sqlite'], ['R', 'r'], ['Old', 'old']] as const) {
    await resultOf(service, {}, { ...BODY, language })
    t.equal(service.runs.requests.at(-1)?.image.ref, `runonce/${image}:latest`, language)
  }
  t.match((await service.post('/run_code', { ...BODY, language: 'lean' })).json(), { status: 'SandboxError', message: 'No image for the language lean is present', run_result: null })
})

t.test('a language with a build has separate time limits and both results', async (t) => {
  const service = await startApp(t, { images: IMAGES, env: { RUN_MAX_EXECUTION_TIME: '100' } })
  const body = { code: 'int main() {}', language: 'cpp', compile_timeout: 20, run_timeout: 2 }
  const built = await resultOf(service, { ...COMPLETED, stdout: '', build: BUILD, cases: [COMPLETED] }, body)
  t.match(payloadOf(service), { limits: { buildTime: 20 }, cases: [{ limits: { time: 2 } }] })
  t.match(built, { status: 'Success', compile_result: { status: 'Finished', execution_time: 0.25, return_code: 0, stderr: 'warning\n' }, run_result: { return_code: 0, stdout: 'hi\n' } })
  const late = await resultOf(service, { outcome: 'timeout', exitCode: null, build: BUILD, cases: [{ ...COMPLETED, outcome: 'timeout', exitCode: null }] }, body)
  t.match(late, { status: 'Failed', run_result: { status: 'TimeLimitExceeded', return_code: null, stdout: 'hi\n' } })
  await resultOf(service, { build: BUILD, cases: [COMPLETED] }, { ...body, compile_timeout: 200 })
  t.match(payloadOf(service), { limits: { buildTime: 100 } }, 'the limit of the service applies to builds too')
})

t.test('after a failed build, there is no result of the run', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const body = { code: '', language: 'cpp' }
  const build = { ...BUILD, stderr: 'error\n', exitCode: 1 }
  const cases: Array<[object, object]> = [
    [{ outcome: 'build_failed', phase: 'build', exitCode: 1, build }, { status: 'Finished', return_code: 1, stderr: 'error\n' }],
    [{ outcome: 'build_failed', phase: undefined, exitCode: 1, build }, { return_code: 1 }],
    [{ outcome: 'timeout', phase: 'build', exitCode: null, build: { ...build, exitCode: null } }, { status: 'TimeLimitExceeded', return_code: null }],
    [{ outcome: 'timeout', phase: undefined, exitCode: null, build: { ...build, exitCode: null } }, { status: 'TimeLimitExceeded' }],
    [{ outcome: 'out_of_memory', phase: 'build', exitCode: null, build: { ...build, exitCode: null } }, { status: 'Finished', return_code: -9 }],
    [{ outcome: 'timeout', phase: 'build', exitCode: null }, { status: 'TimeLimitExceeded', stdout: 'hi\n' }]
  ]
  for (const [result, expected] of cases) {
    const response = await resultOf(service, result, body)
    t.match(response, { status: 'Failed', compile_result: expected, run_result: null }, JSON.stringify(result))
  }
})

t.test('the return code and status correspond to the outcome', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const cases: Array<[object, object]> = [
    [{ outcome: 'failed', exitCode: 3 }, { status: 'Failed', message: '', run_result: { status: 'Finished', return_code: 3 } }],
    [{ outcome: 'signaled', exitCode: null, signal: 'SIGSEGV' }, { status: 'Failed', run_result: { return_code: -11 } }],
    [{ outcome: 'signaled', exitCode: null, signal: 'SIGRTMIN+1' }, { run_result: { return_code: -35 } }],
    [{ outcome: 'timeout', exitCode: null, error: 'x' }, { status: 'Failed', message: '', run_result: { status: 'TimeLimitExceeded', return_code: null, stdout: 'hi\n' } }],
    [{ outcome: 'out_of_memory', exitCode: null, error: 'Out of memory' }, { status: 'Failed', message: 'Out of memory', run_result: { status: 'Finished', return_code: -9 } }],
    [{ outcome: 'output_limit', exitCode: null, error: 'Output limit' }, { status: 'Failed', message: 'Output limit', run_result: { return_code: -9 } }],
    [{ outcome: 'invalid', exitCode: null, error: 'Cannot write files' }, { status: 'SandboxError', message: 'Cannot write files', run_result: null, compile_result: null }]
  ]
  for (const [result, expected] of cases) t.match(await resultOf(service, result), expected, JSON.stringify(result))
})

t.test('returned files are base64, and their names are the requested paths', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const files = [
    { name: 'a.txt', content: 'ä', encoding: 'utf8', size: 2, truncated: false },
    { name: 'd/b.bin', content: '/wA=', encoding: 'base64', size: 2, truncated: false },
    { name: 'big', size: 1e9, truncated: true }
  ]
  const response = await resultOf(service, { files }, { ...BODY, fetch_files: ['./a.txt', 'd//b.bin', 'big', 'missing'] })
  t.same(response.files, { './a.txt': base64('ä'), 'd//b.bin': '/wA=' })
})

t.test('a limit returns a result even if the service reports limits as errors', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  service.runs.handler = async () => { throw executionTimeExceeded('too long', { details: { result: { ...COMPLETED, outcome: 'timeout', exitCode: null } } }) }
  t.match((await service.post('/run_code', BODY)).json(), { status: 'Failed', run_result: { status: 'TimeLimitExceeded' } })
})

t.test('failures of the service and files that cannot be written return 200 with SandboxError', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  for (const [error, message] of [[containerStartFailed('no'), 'no'], [overloaded('The run queue is full', 2), 'The run queue is full'], [new Error('secret'), /Internal error/]] as const) {
    service.runs.handler = async () => { throw error }
    const response = await service.post('/run_code', BODY)
    t.equal(response.statusCode, 200)
    t.match(response.json(), { status: 'SandboxError', message, compile_result: null, run_result: null, executor_pod_name: null, files: {} })
  }
  for (const more of [{ files: { '/etc/x': '' } }, { files: { '../x': '' } }, { fetch_files: ['/tmp/x'] }, { language: 'old', fetch_files: ['x'] }, { code: '\ud800' }]) {
    const response = await service.post('/run_code', { ...BODY, ...more })
    t.match([response.statusCode, response.json().status], [200, 'SandboxError'], JSON.stringify(more))
    t.match(response.json().message, /must|requires/)
  }
})

t.test('an invalid request returns the errors of FastAPI', async (t) => {
  const { post, runs } = await startApp(t, { images: IMAGES })
  const cases: Array<[unknown, object]> = [
    [{ language: 'python' }, { type: 'missing', loc: ['body', 'code'], msg: 'Field required' }],
    [{ code: '' }, { type: 'missing', loc: ['body', 'language'] }],
    [{ ...BODY, code: 1 }, { type: 'string_type', loc: ['body', 'code'], msg: 'Input should be a valid string' }],
    [{ ...BODY, stdin: 1 }, { type: 'string_type', loc: ['body', 'stdin'] }],
    [{ ...BODY, run_timeout: '1' }, { type: 'float_type', loc: ['body', 'run_timeout'] }],
    [{ ...BODY, compile_timeout: null }, { type: 'float_type', loc: ['body', 'compile_timeout'] }],
    [{ ...BODY, run_timeout: 0 }, { type: 'value_error', loc: ['body', 'run_timeout'] }],
    [{ ...BODY, memory_limit_MB: 1.5 }, { type: 'int_type', loc: ['body', 'memory_limit_MB'] }],
    [{ ...BODY, files: [] }, { type: 'dict_type', loc: ['body', 'files'] }],
    [{ ...BODY, files: { 'a/b': 1 } }, { type: 'string_type', loc: ['body', 'files', 'a/b'] }],
    [{ ...BODY, fetch_files: 'x' }, { type: 'list_type', loc: ['body', 'fetch_files'] }],
    [{ ...BODY, args: 'x' }, { type: 'list_type', loc: ['body', 'args'] }],
    [{ ...BODY, language: 'cobol' }, { type: 'literal_error', loc: ['body', 'language'], msg: /^Input should be 'python', .* or '\w+'$/ }],
    [{ ...BODY, language: 'constructor' }, { type: 'literal_error' }],
    [[], { type: 'dict_type', loc: ['body'] }],
    ['{', { type: 'value_error', loc: ['body'], msg: /not JSON/ }],
    ['', { type: 'value_error' }]
  ]
  for (const [body, expected] of cases) {
    const response = await post('/run_code', body)
    t.equal(response.statusCode, 422, JSON.stringify(body))
    t.match(response.json(), { detail: [expected] }, JSON.stringify(body))
  }
  t.same(runs.requests, [])
})

t.test('other errors have FastAPI\'s form and their own status', async (t) => {
  const { post, app } = await startApp(t, { images: IMAGES, env: { RUN_MAX_PAYLOAD_SIZE: '1000', RATE_LIMIT_TOKEN_MAX: '2' } })
  const wrong = await app.inject({ method: 'POST', url: '/run_code', payload: BODY })
  t.match([wrong.statusCode, wrong.json()], [401, { detail: 'Missing or wrong access token' }])
  t.match([(await post('/run_code', { ...BODY, code: 'x'.repeat(2000) }))].map((r) => [r.statusCode, r.json()]), [[413, { detail: /larger/ }]])
  t.match([(await post('/run_code', 'x', { 'content-type': 'text/plain' }))].map((r) => [r.statusCode, r.json()]), [[415, { detail: /application\/json/ }]])
  const limited = await post('/run_code', BODY)
  t.match([limited.statusCode, limited.json(), limited.headers], [429, { detail: /Too many/ }, { 'retry-after': /\d/ }])
})
