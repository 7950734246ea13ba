/** The example requests of the API documentation of Judge0, and the documented fields, types and statuses of their responses. */
import t from 'tap'

import { until } from '../../../fakes.js'
import { startJudge0, UUID } from './start.js'

const C = '#include <stdio.h>\n\nint main(void) {\n  char name[10];\n  scanf("%s", name);\n  printf("hello, %s\\n", name);\n  return 0;\n}'
const C_BASE64 = Buffer.from(C).toString('base64')
const BATCH = [['46', 'echo hello from Bash'], ['71', 'print("hello from Python")'], ['72', 'puts("hello from Ruby")']].map(([id, source]) => ({ language_id: Number(id), source_code: source }))
const DEFAULT = {
  stdout: 'hello, Judge0\n', time: /^\d+\.\d+$/, memory: Number, stderr: null, token: UUID, compile_output: null, message: null, status: { id: 3, description: 'Accepted' }
}
const INVALID_LIMITS = {
  number_of_runs: 1,
  stdin: 'Judge0',
  expected_output: 'hello, Judge0',
  cpu_time_limit: 1,
  cpu_extra_time: 0.5,
  wall_time_limit: 100000,
  memory_limit: 128000,
  stack_limit: 128000,
  enable_per_process_and_thread_time_limit: false,
  enable_per_process_and_thread_memory_limit: false,
  max_file_size: 1024
}

t.test('the documented requests that create a submission have the documented responses', async (t) => {
  const service = await startJudge0(t)
  service.result({ cases: [{ stdout: 'hello, Judge0\n', stderr: '', error: '', outcome: 'completed', exitCode: 0, cpuTime: 1e6, duration: 1e6, memoryPeak: 4e5 }] })
  const cases: Array<[query: string, body: object, status: number, response: object]> = [
    ['', { source_code: C, language_id: 4, stdin: 'world' }, 201, { token: UUID }],
    ['', { source_code: C }, 422, { language_id: ['can\'t be blank'] }],
    ['', { source_code: C, language_id: 150000, stdin: 'world', expected_output: 'hello, world' }, 422, { language_id: ['language with id 150000 doesn\'t exist'] }],
    ['', { source_code: C, language_id: 4, ...INVALID_LIMITS }, 422, { wall_time_limit: [/^must be less than or equal to \d+$/] }],
    ['?base64_encoded=true', { source_code: C_BASE64, language_id: 4, input: 'SnVkZ2Uw' }, 201, { token: UUID }],
    ['?wait=true', { source_code: C, language_id: '4', stdin: 'Judge0', expected_output: 'hello, Judge0' }, 201, DEFAULT]
  ]
  for (const [query, body, status, expected] of cases) {
    const response = await service.send('POST', `/submissions${query}`, body)
    t.equal(response.statusCode, status, JSON.stringify(body))
    t.match(response.json(), expected, JSON.stringify(body))
    t.same(Object.keys(response.json()).sort(), Object.keys(expected).sort(), 'no other members')
  }
})

t.test('the documented requests that get a submission have the documented responses', async (t) => {
  const service = await startJudge0(t)
  service.result({ stdout: 'hello, Judge0\n' })
  const { token } = (await service.send('POST', '/submissions?wait=true', { source_code: 'x', language_id: 71 })).json()
  const get = async (query: string) => (await service.send('GET', `/submissions/${token}${query}`)).json()
  t.match(await get('?fields=stdout,stderr,status_id,language_id'), { stdout: 'hello, Judge0\n', status_id: 3, language_id: 71, stderr: null })
  t.match(await get(''), DEFAULT)
  t.match(await get('?base64_encoded=true'), { ...DEFAULT, stdout: 'aGVsbG8sIEp1ZGdlMAo=\n' })
  t.same(Object.keys(await get('')).sort(), Object.keys(DEFAULT).sort())
})

t.test('the documented requests for batches have the documented responses', async (t) => {
  const { send } = await startJudge0(t)
  const created = await send('POST', '/submissions/batch', { submissions: BATCH })
  t.equal(created.statusCode, 201)
  t.match(created.json(), [{ token: UUID }, { token: UUID }, { token: UUID }])
  const partly = await send('POST', '/submissions/batch', { submissions: [BATCH[0], { ...BATCH[1], language_id: 123456789 }, { ...BATCH[2], source_code: '' }] })
  t.equal(partly.statusCode, 201)
  t.match(partly.json(), [{ token: UUID }, { language_id: ['language with id 123456789 doesn\'t exist'] }, { source_code: ['can\'t be blank'] }])
  const url = `/submissions/batch?tokens=${created.json().map(({ token }: { token: string }) => token).join()}&fields=token,stdout,stderr,status_id,language_id`
  let submissions: unknown[] = []
  await until(async () => {
    submissions = (await send('GET', url)).json().submissions
    return (submissions as Array<{ status_id: number }>).every(({ status_id: id }) => id > 2)
  })
  t.match(submissions, [46, 71, 72].map((id) => ({ language_id: id, stdout: String, status_id: 3, stderr: null, token: UUID })))
})

t.test('the documented requests for lists and information have the documented responses', async (t) => {
  const { send } = await startJudge0(t)
  const cases: Array<[string, unknown]> = [
    ['/languages', { 0: { id: Number, name: String } }],
    ['/languages/all', { 0: { id: Number, name: String, is_archived: Boolean } }],
    ['/languages/1', { id: 1, name: 'Bash (4.4)', is_archived: true, source_file: String, compile_cmd: null, run_cmd: String }],
    ['/statuses', { 0: { id: 1, description: 'In Queue' } }],
    ['/about', { version: String, homepage: String, source_code: String, maintainer: String }],
    ['/system_info', { Architecture: String, 'CPU(s)': String, Mem: String }],
    ['/config_info', { enable_wait_result: true, cpu_time_limit: Number, max_memory_limit: Number, enable_network: false }]
  ]
  for (const [url, expected] of cases) {
    const response = await send('GET', url)
    t.equal(response.statusCode, 200, url)
    t.match(response.json(), expected, url)
  }
  t.equal((await send('POST', '/authenticate')).statusCode, 200)
  t.equal((await send('POST', '/authorize')).statusCode, 403)
  for (const url of ['/workers', '/statistics', '/isolate', '/license']) t.equal((await send('GET', url)).statusCode, 404, `${url} is not served`)
})
