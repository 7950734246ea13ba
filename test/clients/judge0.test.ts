import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

import t from 'tap'

import { startService, TOKEN, type Service } from '../engine/kit.js'
import { runPythonClient } from './python-client.js'

const CLIENT = 'judge0==0.0.8'
/** The build of a C++ program takes long while other tests run. */
const PATIENT = { RUN_MAX_EXECUTION_TIME: '60' }
const ACCEPTED = { status: 'Accepted', message: null, compile_output: null, exit_code: 0, exit_signal: null }
const CPP = '#include <iostream>\n#include <unistd.h>\nint main() { std::string name; std::cin >> name; std::cout << "hello, " << name << std::endl; usleep(500000); std::cerr << "e"; }\n'

t.test('Judge0\'s client runs programs, batches and files', async (t) => {
  const service = await startService(t, { env: PATIENT })
  const results = await runPythonClient(CLIENT, 'judge0.py', [service.url, TOKEN]) as Record<string, unknown>
  t.match(results, {
    version: '1.14.0',
    language: { id: 71, name: 'Python (3.8.1)', is_archived: false, source_file: 'main.py' },
    python: { ...ACCEPTED, stdout: 'grüße [\'a\', \'b c\']\n', stderr: null, time: Number, wall_time: Number, memory: Number, created_at: /^2\d{3}-/, finished_at: /^2\d{3}-/, token: /^[0-9a-f-]{36}$/ },
    javascript: { ...ACCEPTED, stdout: 'e\no\n', stderr: null },
    c: [{ ...ACCEPTED, stdout: '2\n' }, { status: 'Wrong Answer', stdout: '4\n', exit_code: 0 }],
    cpp: { ...ACCEPTED, stdout: '42!\n', number_of_runs: 3 },
    files: { ...ACCEPTED, stdout: 'helper\nb\'\\xff\\x00\'\n' },
    broken: { status: 'Compilation Error', compile_output: /error/, stdout: null, exit_code: null, time: null, memory: null },
    crash: { status: 'Runtime Error Sigsegv', exit_signal: 11 },
    exit: { status: 'Runtime Error Nzec', exit_code: 3 },
    late: { status: 'Time Limit Exceeded', stdout: 'before\n' },
    busy: { status: 'Time Limit Exceeded' },
    large: { status: 'Runtime Error Other', exit_signal: 9 },
    network: { status: 422, body: { enable_network: ['enabling network is not allowed'] } },
    limit: { status: 422, body: { wall_time_limit: ['must be less than or equal to 60'] } }
  })
  const ids = (results.languages as Array<{ id: number }>).map(({ id }) => id)
  for (const id of [50, 52, 54, 63, 71, 102, 103, 105, 113]) t.ok(ids.includes(id), `language ${id}`)
  t.equal((results.statuses as unknown[]).length, 14)
  t.same(results.batch, Array.from({ length: 45 }, (_, n) => `${n}\n`))
})

t.test('the requests of Judge0\'s IDE', async (t) => {
  const service = await startService(t, { env: PATIENT })
  const languages: Array<{ id: number, name: string }> = (await service.request('/languages')).body
  for (const id of [54, 105]) {
    t.ok(languages.some((language) => language.id === id))
    t.match((await service.request(`/languages/${id}`)).body, { id, source_file: 'main.cpp' })
    const { status, body } = await service.post('/submissions?base64_encoded=true&wait=false', {
      source_code: base64(CPP), language_id: id, stdin: base64('Judge0'), compiler_options: '', command_line_arguments: '', redirect_stderr_to_stdout: true
    })
    t.equal(status, 201)
    const result = await resultOf(service, body.token)
    t.match(result, { status: { id: 3, description: 'Accepted' }, time: /^\d+\.\d+$/, memory: Number, compile_output: null, stderr: null })
    t.equal(Buffer.from(result.stdout, 'base64').toString(), 'hello, Judge0\ne')
  }
})

t.test('the examples in docs/migrating/judge0.md', async (t) => {
  const service = await startService(t, { env: PATIENT })
  const examples = [...(await readFile('docs/migrating/judge0.md', 'utf8')).matchAll(/```sh\n(.*?)```\n\n```json\n(.*?)\n```/gs)]
  t.equal(examples.length, 2)
  for (const [, code = '', printed = ''] of examples) {
    const { stdout } = await promisify(execFile)('sh', ['-c', code.replaceAll('http://127.0.0.1:8088', service.url)], { env: { PATH: process.env.PATH, TOKEN } })
    t.same(withoutVariable(JSON.parse(stdout)), withoutVariable(JSON.parse(printed)))
  }
})

async function resultOf (service: Service, token: string) {
  for (;;) {
    const { body } = await service.request(`/submissions/${token}?base64_encoded=true`)
    if (body.status.id > 2) return body
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Replaces the values that differ between runs by their types. */
function withoutVariable (response: Record<string, unknown>) {
  const variable = ['token', 'time', 'wall_time', 'memory']
  return Object.fromEntries(Object.entries(response).map(([name, value]) => [name, variable.includes(name) ? typeof value : value]))
}

function base64 (text: string): string {
  return Buffer.from(text).toString('base64')
}
