import { readdirSync } from 'node:fs'

import t from 'tap'

import { engineUnreachable } from '../../../../../service/errors.js'
import { C, languagesById, PYTHON, startJudge0 } from './start.js'

const CONFIG_NAMES = [
  'maintenance_mode enable_wait_result enable_compiler_options allowed_languages_for_compile_options enable_command_line_arguments',
  'enable_submission_delete enable_callbacks callbacks_max_tries callbacks_timeout enable_additional_files max_queue_size cpu_time_limit max_cpu_time_limit',
  'cpu_extra_time max_cpu_extra_time wall_time_limit max_wall_time_limit memory_limit max_memory_limit stack_limit max_stack_limit max_processes_and_or_threads',
  'max_max_processes_and_or_threads enable_per_process_and_thread_time_limit allow_enable_per_process_and_thread_time_limit enable_per_process_and_thread_memory_limit',
  'allow_enable_per_process_and_thread_memory_limit max_file_size max_max_file_size number_of_runs max_number_of_runs redirect_stderr_to_stdout max_extract_size',
  'enable_batched_submissions max_submission_batch_size submission_cache_duration use_docs_as_homepage allow_enable_network enable_network'
].join(' ')

t.test('/languages lists the IDs of Judge0 CE whose image is present, including the newest IDs', async (t) => {
  const { send } = await startJudge0(t, { images: [PYTHON, C] })
  const languages = (await send('GET', '/languages')).json()
  t.same(languages, [
    { id: 104, name: 'C (Clang 18.1.8)' }, { id: 110, name: 'C (Clang 19.1.7)' }, { id: 75, name: 'C (Clang 7.0.1)' }, { id: 103, name: 'C (GCC 14.1.0)' },
    { id: 48, name: 'C (GCC 7.4.0)' }, { id: 49, name: 'C (GCC 8.3.0)' }, { id: 50, name: 'C (GCC 9.2.0)' }, { id: 92, name: 'Python (3.11.2)' },
    { id: 100, name: 'Python (3.12.5)' }, { id: 109, name: 'Python (3.13.2)' }, { id: 113, name: 'Python (3.14.0)' }, { id: 71, name: 'Python (3.8.1)' }
  ])
})

t.test('with all images of the service, all active languages of Judge0 CE but seven are listed', async (t) => {
  const names = readdirSync('runner-images/languages', { withFileTypes: true }).filter((each) => each.isDirectory()).map(({ name }) => name)
  const active = await languagesById(t, names)
  t.equal(active.size, 64)
  for (const id of [50, 52, 54, 62, 63, 71, 102, 105, 113]) t.ok(active.has(id), `${id}`)
  for (const id of [44, 47, 70, 84, 89, 90, 96]) t.notOk(active.has(id), `${id}`)
})

t.test('/languages/all has all languages of Judge0 CE; those without an image count as archived', async (t) => {
  const { send } = await startJudge0(t, { images: [PYTHON] })
  const all: Array<{ id: number, name: string, is_archived: boolean }> = (await send('GET', '/languages/all')).json()
  t.same(all.map(({ id }) => id).sort((a, b) => a - b), Array.from({ length: 113 }, (_, n) => n + 1))
  for (const [id, archived] of [[71, false], [34, true], [50, true]]) t.match(all.find((each) => each.id === id), { is_archived: archived })
})

t.test('/languages/:id describes a language', async (t) => {
  const { send } = await startJudge0(t)
  t.same((await send('GET', '/languages/50')).json(), { id: 50, name: 'C (GCC 9.2.0)', is_archived: false, source_file: 'main.c', compile_cmd: 'build %s main.c', run_cmd: 'run main.c' })
  t.same((await send('GET', '/languages/1')).json(), { id: 1, name: 'Bash (4.4)', is_archived: true, source_file: 'main.sh', compile_cmd: null, run_cmd: 'run main.sh' })
  t.same((await send('GET', '/languages/89')).json(), { id: 89, name: 'Multi-file program', is_archived: true, source_file: null, compile_cmd: null, run_cmd: null })
  for (const id of ['0', '150000', 'x', '71.0', '1e1']) t.match(await send('GET', `/languages/${id}`), { statusCode: 404, body: '{"error":"Not Found"}' }, id)
})

t.test('/statuses lists the statuses of Judge0', async (t) => {
  const { send } = await startJudge0(t)
  const statuses = (await send('GET', '/statuses')).json()
  t.same(statuses.map(({ id }: { id: number }) => id), Array.from({ length: 14 }, (_, n) => n + 1))
  t.match(statuses, { 0: { description: 'In Queue' }, 10: { description: 'Runtime Error (NZEC)' }, 13: { description: 'Exec Format Error' } })
})

t.test('/about has the version of Judge0 CE whose language IDs the service uses', async (t) => {
  const { send } = await startJudge0(t)
  t.same((await send('GET', '/about')).json(), { version: '1.14.0', homepage: 'https://judge0.com', source_code: 'https://github.com/judge0/judge0', maintainer: 'runonce 1.2.3' })
})

t.test('/config_info has the settings of Judge0 with the values of the service', async (t) => {
  const { send } = await startJudge0(t, { env: { RUN_MAX_EXECUTION_TIME: '20', RUN_QUEUE_SIZE: '7', RUN_MAX_CASES: '5' } })
  const info = (await send('GET', '/config_info')).json()
  t.same(Object.keys(info).sort(), CONFIG_NAMES.split(' ').sort())
  t.match(info, { max_queue_size: 7, max_number_of_runs: 5, number_of_runs: 1, max_extract_size: 10_240, allowed_languages_for_compile_options: ['C', 'C++'] })
  t.match(info, { cpu_time_limit: 20, max_cpu_time_limit: 20, wall_time_limit: 20, max_wall_time_limit: 20, memory_limit: 262_144, max_memory_limit: 1_048_576 })
  t.match(info, { max_processes_and_or_threads: 128, max_max_processes_and_or_threads: 512, enable_callbacks: false, allow_enable_network: false, enable_network: false })
})

t.test('/system_info describes the machine as text', async (t) => {
  const { send } = await startJudge0(t)
  const info = (await send('GET', '/system_info')).json()
  t.match(info, { 'CPU(s)': /^\d+$/, 'Byte Order': / Endian$/, Mem: /^\d+\.\dG$/, Architecture: String })
})

t.test('every route requires a token, and the routes for languages return the error of an engine that does not respond', async (t) => {
  const { app, images, send } = await startJudge0(t)
  const urls = ['/languages', '/languages/all', '/languages/71', '/statuses', '/about', '/config_info', '/system_info', '/submissions/x', '/submissions/batch?tokens=x']
  for (const url of urls) t.equal((await app.inject({ url })).statusCode, 401, url)
  images.fail = engineUnreachable('gone')
  for (const url of ['/languages', '/languages/all', '/languages/71']) t.match(await send('GET', url), { statusCode: 500, body: '{"error":"gone"}' }, url)
})
