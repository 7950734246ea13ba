import t from 'tap'

import { CPP, startJudge0 } from './start.js'
import { zipOf } from './zip.js'

const HELLO = { source_code: 'print(1)', language_id: 71 }
const MEBIBYTE = 1024 * 1024
const archive = (...entries: Parameters<typeof zipOf>[0]) => zipOf(entries).toString('base64')

t.test('invalid attributes return 422 with the messages of Judge0', async (t) => {
  const { send, runs } = await startJudge0(t)
  const cases: Array<[object, object]> = [
    [{}, { source_code: ['can\'t be blank'], language_id: ['can\'t be blank'] }],
    [{ source_code: 'x' }, { language_id: ['can\'t be blank'] }],
    [{ language_id: 71, source_code: ' \n' }, { source_code: ['can\'t be blank'] }],
    [{ ...HELLO, language_id: 150000 }, { language_id: ['language with id 150000 doesn\'t exist'] }],
    [{ ...HELLO, language_id: 'x' }, { language_id: ['language with id 0 doesn\'t exist'] }],
    [{ ...HELLO, language_id: 70 }, { language_id: ['language with id 70 is archived and cannot be used anymore'] }],
    [{ ...HELLO, language_id: 62 }, { language_id: ['language with id 62 is archived and cannot be used anymore'] }],
    [{ ...HELLO, language_id: 89 }, { language_id: ['language with id 89 is archived and cannot be used anymore'] }],
    [{ ...HELLO, wall_time_limit: 100000 }, { wall_time_limit: ['must be less than or equal to 10'] }],
    [{ ...HELLO, wall_time_limit: 0.5 }, { wall_time_limit: ['must be greater than or equal to 1'] }],
    [{ ...HELLO, cpu_time_limit: -1, cpu_extra_time: 5.5 }, { cpu_time_limit: ['must be greater than or equal to 0'], cpu_extra_time: ['must be less than or equal to 5'] }],
    [{ ...HELLO, memory_limit: 2047 }, { memory_limit: ['must be greater than or equal to 2048'] }],
    [{ ...HELLO, memory_limit: 2 ** 21 }, { memory_limit: ['must be less than or equal to 1048576'] }],
    [{ ...HELLO, stack_limit: 128001 }, { stack_limit: ['must be less than or equal to 128000'] }],
    [{ ...HELLO, max_file_size: 4097 }, { max_file_size: ['must be less than or equal to 4096'] }],
    [{ ...HELLO, max_processes_and_or_threads: 0 }, { max_processes_and_or_threads: ['must be greater than 0'] }],
    [{ ...HELLO, max_processes_and_or_threads: 513 }, { max_processes_and_or_threads: ['must be less than or equal to 512'] }],
    [{ ...HELLO, number_of_runs: 21 }, { number_of_runs: ['must be less than or equal to 20'] }],
    [{ ...HELLO, number_of_runs: 'many' }, { number_of_runs: ['is not a number'] }],
    [{ ...HELLO, enable_network: true }, { enable_network: ['enabling network is not allowed'] }],
    [{ ...HELLO, callback_url: 'http://x' }, { callback_url: ['setting callback is not allowed'] }],
    [{ ...HELLO, enable_per_process_and_thread_time_limit: true }, { enable_per_process_and_thread_time_limit: ['this option cannot be enabled'] }],
    [{ ...HELLO, enable_per_process_and_thread_memory_limit: 'on' }, { enable_per_process_and_thread_memory_limit: ['this option cannot be enabled'] }],
    [{ ...HELLO, compiler_options: '-O2' }, { compiler_options: ['setting compiler options is only allowed for compiled languages'] }],
    [{ ...HELLO, language_id: 60, compiler_options: '-race' }, { compiler_options: ['setting compiler options is only allowed for C and C++'] }],
    [{ ...HELLO, command_line_arguments: 'x'.repeat(513) }, { command_line_arguments: ['is too long (maximum is 512 characters)'] }],
    [{ ...HELLO, command_line_arguments: '"a' }, { command_line_arguments: ['has a quote or backslash that is not closed'] }],
    [{ ...HELLO, command_line_arguments: 'a\0b' }, { base: ['payload.args[0] must not contain NUL characters'] }],
    [{ ...HELLO, language_id: 46, number_of_runs: 2 }, { base: ['payload.cases requires version 2 of the runner protocol, but the image runonce/bash:latest implements version 1'] }]
  ]
  for (const [body, errors] of cases) {
    const response = await send('POST', '/submissions', body)
    t.equal(response.statusCode, 422, JSON.stringify(body))
    t.same(response.json(), errors, JSON.stringify(body))
  }
  const stdin = await send('POST', '/submissions?base64_encoded=true', { ...HELLO, stdin: '/w==' })
  t.match([stdin.statusCode, stdin.json()], [422, { stdin: ['must be UTF-8'] }])
  t.same(runs.requests, [])
})

t.test('values are converted as in Judge0, and null and empty values are the defaults', async (t) => {
  const service = await startJudge0(t)
  const converted = await service.wait({
    language_id: '71',
    source_code: 5,
    cpu_time_limit: '2.5',
    wall_time_limit: null,
    memory_limit: '',
    stack_limit: 5.9,
    redirect_stderr_to_stdout: 'false',
    enable_network: '',
    number_of_runs: '1',
    stdin: ['x'],
    callback_url: ' ',
    compiler_options: '',
    command_line_arguments: null
  })
  t.match(converted, {
    language_id: 71,
    source_code: '5',
    cpu_time_limit: '2.5',
    wall_time_limit: '10.0',
    memory_limit: 262_144,
    stack_limit: 5,
    redirect_stderr_to_stdout: false,
    enable_network: false,
    stdin: null
  })
  t.match(service.payload(), { files: [{ name: 'main.py', content: '5' }], stdin: '', limits: { time: 10 } })
})

t.test('archived languages can be used if an image for them is present', async (t) => {
  const service = await startJudge0(t)
  t.match(await service.wait({ language_id: 4 }), { language: { id: 4, name: 'C (gcc 7.2.0)' } })
  t.equal(service.runs.requests[0]?.image.ref, 'runonce/c:latest')
})

t.test('limits reach the container: a language with a build has separate time limits, and its build keeps the default memory', async (t) => {
  const service = await startJudge0(t)
  await service.wait({ wall_time_limit: 2, memory_limit: 102_400, max_processes_and_or_threads: 60 })
  t.match(service.payload(), { limits: { time: 2 } })
  t.match(service.runs.requests.at(-1)?.limits, { memoryBytes: 100 * MEBIBYTE, processes: 60 })
  await service.wait({ memory_limit: 2048, max_processes_and_or_threads: 1 })
  t.match(service.runs.requests.at(-1)?.limits, { memoryBytes: 16 * MEBIBYTE, processes: 8 }, 'the minimum of a container')
  await service.wait({ language_id: 54, wall_time_limit: 2, memory_limit: 102_400 })
  t.match(service.payload(), { limits: { time: 2, buildTime: 10, total: 60 }, cases: [{}] })
  t.match(service.runs.requests.at(-1)?.limits, { memoryBytes: CPP.memoryBytes, processes: undefined })
  await service.wait({ language_id: 60, wall_time_limit: 2 })
  t.match(service.payload(), { limits: { time: 2 } }, 'an image of protocol version 1')
  t.notOk('cases' in service.payload())
})

t.test('arguments are split as by a shell, without the characters that Judge0 removes', async (t) => {
  const service = await startJudge0(t)
  const cases: Array<[string, string[] | undefined]> = [
    ['a  b\tc\nd', ['a', 'b', 'c', 'd']], ['"b c" \'d "e\' f\\ g', ['b c', 'd "e', 'f g']], ['"a\\"b\\n" \'\' x"y"z', ['a"b\\n', '', 'xyz']],
    ['$HOME `id` a;b|c>d<e&f', ['HOME', 'id', 'abcdef']], ['grüße 🦄', ['grüße', '🦄']], ['  ', undefined]
  ]
  for (const [line, args] of cases) {
    await service.wait({ command_line_arguments: line })
    t.same(service.payload().args, args, line)
  }
})

t.test('compiler options replace those of the image', async (t) => {
  const service = await startJudge0(t)
  await service.wait({ language_id: 50, compiler_options: '-O3 -lm; rm $x', command_line_arguments: 'a "it\'s"' })
  t.match(service.payload(), { runInstructions: { buildCommands: ['gcc -O3 -lm rm x -o a.out main.c -lm'], runCommand: './a.out \'a\' \'it\'\\\'\'s\'' } })
  await service.wait({ language_id: 105, compiler_options: '-std=c++20' })
  t.match(service.payload(), { runInstructions: { buildCommands: ['g++ -std=c++20 -o a.out main.cpp -lm'], runCommand: './a.out' } })
})

t.test('SQL runs in the database of Judge0', async (t) => {
  const service = await startJudge0(t)
  await service.wait({ language_id: 82, additional_files: archive({ name: 'db.sqlite', content: Buffer.from([0xff, 0]) }) })
  t.match(service.payload(), {
    files: [{ name: 'main.sql' }, { name: 'db.sqlite', content: '/wA=', encoding: 'base64' }], runInstructions: { buildCommands: [], runCommand: 'sqlite3 db.sqlite < main.sql' }
  })
})

t.test('additional files are extracted; directories are skipped, and the source code replaces a file with its name', async (t) => {
  const service = await startJudge0(t)
  await service.wait({ additional_files: archive({ name: 'pkg/' }, { name: 'pkg/a.py', content: 'grüße', deflate: true }, { name: 'main.py', content: 'other' }, { name: 'b', mode: 0 }) })
  t.match(service.payload(), { files: [{ name: 'main.py', content: 'print(1)' }, { name: 'pkg/a.py', content: 'grüße' }, { name: 'b', content: '' }] })
})

t.test('dangerous and damaged archives are rejected', async (t) => {
  const { send, runs } = await startJudge0(t)
  const zeros = Buffer.alloc(6 * MEBIBYTE)
  const cases: Array<[string, string, RegExp]> = [
    ['not a zip file', Buffer.from('hello').toString('base64'), /^is not a valid zip file: /],
    ['a parent folder', archive({ name: '../x' }), /^is not a valid zip file: .*relative path/],
    ['a parent folder with backslashes', archive({ name: '..\\x' }), /^is not a valid zip file: /],
    ['an absolute name', archive({ name: '/etc/passwd' }), /^is not a valid zip file: .*absolute path/],
    ['a symbolic link', archive({ name: 'link', content: '/etc/passwd', mode: 0o120777 }), /^must contain regular files only, but "link" is not a regular file$/],
    ['a device', archive({ name: 'null', mode: 0o020666 }), /^must contain regular files only/],
    ['a bomb that declares its size', archive({ name: 'a', content: zeros, deflate: true }, { name: 'b', content: zeros, deflate: true }), /^is too large \(maximum is 10485760 bytes when extracted\)$/],
    ['a bomb that declares a smaller size', archive({ name: 'a', content: zeros, deflate: true, declaredSize: 10 }), /^is not a valid zip file: /],
    ['too many files', archive(...Array.from({ length: 1001 }, (_, n) => ({ name: `${n}` }))), /^has more than 1000 files$/],
    ['truncated', zipOf([{ name: 'a', content: 'x'.repeat(1000) }]).subarray(500).toString('base64'), /^is not a valid zip file: /]
  ]
  for (const [what, additionalFiles, message] of cases) {
    const response = await send('POST', '/submissions', { ...HELLO, additional_files: additionalFiles })
    t.equal(response.statusCode, 422, what)
    t.match(response.json(), { additional_files: [message] }, what)
  }
  t.same(runs.requests, [])
})

t.test('the network can be enabled only if the containers have one', async (t) => {
  const service = await startJudge0(t, { env: { DOCKER_CONTAINER_NETWORK_DISABLED: 'false' } })
  t.match(await service.wait({ enable_network: true }), { enable_network: true })
  t.match((await service.send('GET', '/config_info')).json(), { allow_enable_network: true, enable_network: true })
})
