import t from 'tap'

import { containerStartFailed, executionTimeExceeded, overloaded } from '../../../../../service/errors.js'
import { COMPLETED, decodedOf, until } from '../../../fakes.js'
import { resultOf, startJudge0, UUID } from './start.js'

const HELLO = { source_code: 'print(1)', language_id: 71 }
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')

t.test('a submission returns a token, and then its default fields', async (t) => {
  const service = await startJudge0(t)
  const created = await service.send('POST', '/submissions', HELLO)
  t.equal(created.statusCode, 201)
  t.same(Object.keys(created.json()), ['token'])
  t.match(created.json().token, UUID)
  await resultOf(service, created.json().token)
  t.same((await service.send('GET', `/submissions/${created.json().token}`)).json(), {
    token: created.json().token, time: '0.001', memory: 4, stdout: 'hi\n', stderr: null, compile_output: null, message: null, status: { id: 3, description: 'Accepted' }
  })
})

t.test('with wait=true, the response contains the result, which can be requested again', async (t) => {
  const { send } = await startJudge0(t)
  const created = await send('POST', '/submissions?wait=true', { ...HELLO, expected_output: 'hi' })
  t.equal(created.statusCode, 201)
  t.match(created.json(), { stdout: 'hi\n', status: { id: 3, description: 'Accepted' } })
  t.same((await send('GET', `/submissions/${created.json().token}`)).json(), created.json())
})

t.test('fields=* returns every field with its type', async (t) => {
  const service = await startJudge0(t)
  const zip = 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=='
  const all = await service.wait({ stdin: 'in', command_line_arguments: 'a b', additional_files: zip, expected_output: 'other' })
  t.match(all.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.match(all.finished_at, /Z$/)
  delete all.created_at
  delete all.finished_at
  delete all.token
  t.same(all, {
    source_code: 'print(1)',
    language_id: 71,
    stdin: 'in',
    expected_output: 'other',
    stdout: 'hi\n',
    status_id: 4,
    time: '0.001',
    memory: 4,
    stderr: null,
    number_of_runs: 1,
    cpu_time_limit: '10.0',
    cpu_extra_time: '1.0',
    wall_time_limit: '10.0',
    memory_limit: 262_144,
    stack_limit: 64_000,
    max_processes_and_or_threads: 128,
    enable_per_process_and_thread_time_limit: false,
    enable_per_process_and_thread_memory_limit: false,
    max_file_size: 1024,
    compile_output: null,
    exit_code: 0,
    exit_signal: null,
    message: null,
    wall_time: '0.012',
    compiler_options: null,
    command_line_arguments: 'a b',
    redirect_stderr_to_stdout: false,
    callback_url: null,
    additional_files: `${zip}\n`,
    enable_network: false,
    status: { id: 4, description: 'Wrong Answer' },
    language: { id: 71, name: 'Python (3.8.1)' }
  })
})

t.test('with base64_encoded=true, texts are base64 in both directions, in lines of 60 characters', async (t) => {
  const service = await startJudge0(t)
  service.result({ stdout: 'x'.repeat(50), stderr: 'e' })
  const all = await service.wait({ source_code: base64('print(1)'), stdin: base64('grüße'), expected_output: base64('x') }, '&base64_encoded=true')
  t.match(service.payload(), { files: [{ name: 'main.py', content: 'print(1)' }], stdin: 'grüße' })
  t.match(all, {
    source_code: `${base64('print(1)')}\n`, stdin: 'Z3LDvMOfZQ==\n', stderr: 'ZQ==\n', stdout: base64('x'.repeat(50)).replace(/.{60}/, '$&\n') + '\n', message: null, status_id: 4
  })
  service.result({ exitCode: 3, outcome: 'failed' })
  t.equal((await service.wait({ source_code: base64('x') }, '&base64_encoded=true')).message, `${base64('Exited with error status 3')}\n`)
})

t.test('output that is not UTF-8 requires base64_encoded=true', async (t) => {
  const service = await startJudge0(t)
  service.result({ stdout: '\ufffd', stdoutBase64: '/wA=' })
  const error = 'some attributes for this submission cannot be converted to UTF-8, use base64_encoded=true query parameter'
  const created = await service.send('POST', '/submissions?wait=true', HELLO)
  t.match([created.statusCode, created.json()], [201, { error, token: UUID }])
  const { token } = created.json()
  t.match(await service.send('GET', `/submissions/${token}`), { statusCode: 400, body: JSON.stringify({ error }) })
  t.match(await service.send('GET', `/submissions/batch?tokens=${token}`), {
    statusCode: 400, body: JSON.stringify({ error: error.replace('this submission', 'one or more submissions') })
  })
  t.equal((await service.send('GET', `/submissions/${token}?fields=stdout&base64_encoded=true`)).json().stdout, '/wA=\n')
  t.same((await service.send('GET', `/submissions/${token}?fields=status_id`)).json(), { status_id: 3 })
})

t.test('fields selects fields, and unknown fields are an error', async (t) => {
  const { send } = await startJudge0(t)
  const { token } = (await send('POST', '/submissions?wait=true', HELLO)).json()
  t.same((await send('GET', `/submissions/${token}?fields=stdout,status_id,language_id,stderr`)).json(), { stdout: 'hi\n', status_id: 3, language_id: 71, stderr: null })
  for (const url of [`/submissions/${token}?fields=stdout,x,y`, `/submissions/batch?tokens=${token}&fields=x,y`]) {
    t.match(await send('GET', url), { statusCode: 400, body: '{"error":"invalid fields: [x, y]"}' }, url)
  }
  t.match(await send('POST', '/submissions?fields=constructor', HELLO), { statusCode: 400, body: '{"error":"invalid fields: [constructor]"}' })
})

t.test('the status is In Queue, then Processing, until the run ends', async (t) => {
  const service = await startJudge0(t, { env: { SERVER_WORKER_THREADS: '1' } })
  const release: Array<() => void> = []
  service.runs.handler = async () => await new Promise((resolve) => release.push(() => resolve(decodedOf(COMPLETED))))
  const [first, second] = (await service.send('POST', '/submissions/batch', { submissions: [HELLO, HELLO] })).json()
  const statusOf = async ({ token }: { token: string }) => (await service.send('GET', `/submissions/${token}?fields=status,finished_at,time`)).json()
  t.same(await statusOf(first), { status: { id: 2, description: 'Processing' }, finished_at: null, time: null })
  t.same(await statusOf(second), { status: { id: 1, description: 'In Queue' }, finished_at: null, time: null })
  await until(() => release.length === 1)
  release[0]?.()
  await until(() => release.length === 2)
  t.match(await statusOf(first), { status: { id: 3 } })
  release[1]?.()
  await resultOf(service, second.token)
})

t.test('an unknown submission returns 404, a route for administrators 403, and a wrong access token 401', async (t) => {
  const { app, send } = await startJudge0(t)
  t.match(await send('GET', '/submissions/d85cd024-1548-4165-96c7-7bc88673f194'), { statusCode: 404, body: '{"error":"Not Found"}' })
  for (const [method, url] of [['GET', '/submissions'], ['DELETE', '/submissions/x'], ['POST', '/authorize']] as const) {
    t.match(await send(method, url), { statusCode: 403, body: '{"error":"There is no authorization token"}' }, `${method} ${url}`)
  }
  t.equal((await send('POST', '/authenticate')).statusCode, 200)
  for (const headers of [{}, { 'x-auth-token': 'wrong' }, { 'x-auth-user': 'x' }]) {
    const response = await app.inject({ method: 'POST', url: '/authenticate', headers })
    t.match(response, { statusCode: 401, body: '{"error":"Missing or wrong access token"}' })
  }
})

t.test('only the routes of Judge0 accept its header for the token', async (t) => {
  const { app, send } = await startJudge0(t)
  t.equal((await send('GET', '/version')).statusCode, 401)
  t.equal((await send('POST', '/run/python', { code: '' })).statusCode, 401)
  t.equal((await app.inject({ url: '/about', headers: { 'x-access-token': 'wrong', 'x-auth-token': 'x' } })).statusCode, 401)
})

t.test('errors of a run with wait=true are errors of the request', async (t) => {
  const { send, runs } = await startJudge0(t)
  const cases: Array<[Error, number, string]> = [
    [containerStartFailed('no'), 500, 'no'], [overloaded('The run queue is full', 2), 503, 'queue is full'], [overloaded('The run waited too long in the queue', 2), 503, 'queue is full'],
    [overloaded('The service is shutting down', 1), 503, 'The service is shutting down'], [new Error('secret'), 500, 'Internal error; search the service log for this request ID']
  ]
  for (const [error, status, message] of cases) {
    runs.handler = async () => { throw error }
    const response = await send('POST', '/submissions?wait=true', HELLO)
    t.match([response.statusCode, response.json()], [status, { error: message }])
  }
  runs.handler = async () => { throw executionTimeExceeded('late', { details: { result: { ...COMPLETED, outcome: 'timeout', exitCode: null } } }) }
  t.match((await send('POST', '/submissions?wait=true', HELLO)).json(), { status: { id: 5 } }, 'RUN_LIMITS_RESPONSE=error has no effect')
})

t.test('bodies that are not JSON objects return 400, and other types 415', async (t) => {
  const { post, send } = await startJudge0(t)
  for (const body of ['{', '[]', '1']) t.match(await post('/submissions', body), { statusCode: 400, body: /^\{"error":"/ }, body)
  t.match(await post('/submissions', 'source_code=x', { 'content-type': 'application/x-www-form-urlencoded' }), { statusCode: 415, body: '{"error":"The Content-Type must be application/json"}' })
  t.equal((await send('GET', '/submissions/x?fields=a&fields=b')).statusCode, 400)
})
