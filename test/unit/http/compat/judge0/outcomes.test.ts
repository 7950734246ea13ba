import t from 'tap'

import { COMPLETED, decodedOf } from '../../../fakes.js'
import { startJudge0 } from './start.js'

const NONE = { exitCode: null }
const MEBIBYTE = 1024 * 1024

t.test('status, exit code, signal and message correspond to the outcome', async (t) => {
  const service = await startJudge0(t)
  const cases: Array<[object, object]> = [
    [{}, { status: { id: 3, description: 'Accepted' }, exit_code: 0, exit_signal: null, message: null }],
    [{ exitCode: 3, outcome: 'failed' }, { status: { id: 11, description: 'Runtime Error (NZEC)' }, exit_code: 3, exit_signal: null, message: 'Exited with error status 3' }],
    [{ ...NONE, outcome: 'signaled', signal: 'SIGSEGV' }, { status: { id: 7, description: 'Runtime Error (SIGSEGV)' }, exit_code: 0, exit_signal: 11, message: 'Caught fatal signal 11' }],
    [{ ...NONE, outcome: 'signaled', signal: 'SIGXFSZ' }, { status: { id: 8 }, exit_signal: 25 }],
    [{ ...NONE, outcome: 'signaled', signal: 'SIGFPE' }, { status: { id: 9 }, exit_signal: 8 }],
    [{ ...NONE, outcome: 'signaled', signal: 'SIGABRT' }, { status: { id: 10 }, exit_signal: 6 }],
    [{ ...NONE, outcome: 'signaled', signal: 'SIGTERM' }, { status: { id: 12, description: 'Runtime Error (Other)' }, exit_signal: 15 }],
    [{ ...NONE, outcome: 'out_of_memory', signal: 'SIGKILL' }, { status: { id: 12 }, exit_signal: 9, message: 'Caught fatal signal 9' }],
    [{ exitCode: 1, outcome: 'out_of_memory' }, { status: { id: 12 }, exit_signal: 9 }],
    [{ ...NONE, outcome: 'output_limit', stdoutTruncated: true }, { status: { id: 8 }, exit_signal: 25, stdout: 'hi\n' }],
    [{ ...NONE, outcome: 'timeout', signal: 'SIGKILL' }, { status: { id: 5, description: 'Time Limit Exceeded' }, exit_code: 0, exit_signal: null, message: 'Time limit exceeded (wall clock)', stdout: 'hi\n' }],
    [{ ...NONE, outcome: 'invalid', error: 'Cannot write files' }, { status: { id: 13, description: 'Internal Error' }, exit_code: null, message: 'Cannot write files' }],
    [{ stdout: '', memoryPeak: null }, { stdout: null, stderr: null, memory: null }],
    [{ cpuTime: 123_456_789, duration: 2_000_000_000, memoryPeak: 5 * MEBIBYTE }, { time: '0.123', wall_time: '2.000', memory: 5120 }]
  ]
  for (const [result, expected] of cases) {
    service.result(result)
    t.match(await service.wait(), expected, JSON.stringify(result))
  }
})

t.test('CPU time is checked after the run', async (t) => {
  const service = await startJudge0(t)
  service.result({ cpuTime: 1_100_000_000 })
  t.match(await service.wait({ cpu_time_limit: 1 }), { status_id: 5, message: 'Time limit exceeded', time: '1.100' })
  t.match(await service.wait({ cpu_time_limit: 1.2 }), { status_id: 3 })
})

t.test('expected_output is compared without white space at the end of lines and of the text', async (t) => {
  const service = await startJudge0(t)
  const cases: Array<[stdout: string, expected: string, accepted: boolean]> = [
    ['a\nb\n', 'a\nb', true], ['a  \r\nb\t\n\n\n', 'a\nb', true], ['a\nb', 'a \0\nb\v\f\n \n', true], ['\n', '', true], ['', '', true],
    [' a', 'a', false], ['a\n\nb', 'a\nb', false], ['a b', 'a  b', false], ['', 'a', false], ['A', 'a', false], ['ü ', 'ü', true]
  ]
  for (const [stdout, expected, accepted] of cases) {
    service.result({ stdout })
    t.match(await service.wait({ expected_output: expected }), { status_id: accepted ? 3 : 4 }, JSON.stringify([stdout, expected]))
  }
  service.result({ stdout: '\ufffd', stdoutBase64: '/w==' })
  const body = { source_code: 'eA==', language_id: 71, expected_output: '/wo=' }
  t.match((await service.send('POST', '/submissions?wait=true&base64_encoded=true', body)).json(), { status: { id: 3 } }, 'bytes')
  t.match((await service.send('POST', '/submissions?wait=true&base64_encoded=true', { ...body, expected_output: '/g==' })).json(), { status: { id: 4 } })
})

t.test('long white space within a line takes linear time', async (t) => {
  const service = await startJudge0(t)
  service.result({ stdout: `${' '.repeat(1_000_000)}x` })
  const startedAt = performance.now()
  t.match(await service.wait({ expected_output: 'x' }), { status_id: 4 })
  t.ok(performance.now() - startedAt < 5000)
})

t.test('a failed build is a compilation error, whose output is compile_output', async (t) => {
  const service = await startJudge0(t)
  const build = { stdout: 'o', stderr: 'error\n', exitCode: 1, duration: 5e6 }
  const none = { stdout: null, stderr: null, time: null, wall_time: null, memory: null, exit_code: null, exit_signal: null, message: null }
  service.result({ outcome: 'build_failed', phase: 'build', exitCode: 1, build, cases: [] })
  t.match(await service.wait({ language_id: 50 }), { ...none, compile_output: 'oerror\n', status: { id: 6, description: 'Compilation Error' } })
  service.result({ ...NONE, outcome: 'timeout', phase: 'build', build: { ...build, exitCode: null }, cases: [] })
  t.match(await service.wait({ language_id: 50 }), { ...none, compile_output: 'Compilation time limit exceeded.', status_id: 6 })
  service.result({ outcome: 'build_failed', phase: 'build', exitCode: 1, stdout: '', stderr: 'from the interpreter' })
  t.match(await service.wait({ language_id: 60 }), { compile_output: 'from the interpreter', status_id: 6 }, 'without a separate build')
})

t.test('a build with warnings has compile_output, and the measurements do not include it', async (t) => {
  const service = await startJudge0(t)
  const build = { stdout: '', stderr: 'warning\n', exitCode: 0, duration: 5e8 }
  const run = { ...COMPLETED, stdout: 'out', cpuTime: 2e6, duration: 3e6, memoryPeak: 2 * MEBIBYTE }
  service.result({ stdout: '', cpuTime: 9e9, memoryPeak: 90 * MEBIBYTE, build, cases: [run] })
  t.match(await service.wait({ language_id: 50, cpu_time_limit: 1 }), { stdout: 'out', compile_output: 'warning\n', time: '0.002', wall_time: '0.003', memory: 2048, status_id: 3 })
})

t.test('in a language with a build, a program that used more memory than its limit counts as killed', async (t) => {
  const service = await startJudge0(t)
  service.result({ cases: [{ ...COMPLETED, memoryPeak: 100 * MEBIBYTE }] })
  t.match(await service.wait({ language_id: 50, memory_limit: 65_536 }), { status_id: 12, exit_signal: 9, memory: 102_400 })
  t.match(await service.wait({ language_id: 50, memory_limit: 131_072 }), { status_id: 3 })
})

t.test('if the service ended the run, there are no cases, and the outcome of the run applies', async (t) => {
  const service = await startJudge0(t)
  service.result({ ...NONE, outcome: 'timeout', stdout: '' })
  t.match(await service.wait({ language_id: 50 }), { status_id: 5 })
})

t.test('with several runs, they are cases, and the output is that of the first run that is not accepted', async (t) => {
  const service = await startJudge0(t)
  const run = (stdout: string, cpuTime: number) => ({ ...COMPLETED, stdout, cpuTime, memoryPeak: cpuTime / 1000 })
  service.result({ stdout: '', cases: [run('ok\n', 1e9), run('ok\n', 2e9), run('bad\n', 3e9), run('ok\n', 9e9)] })
  t.match(await service.wait({ number_of_runs: 4, expected_output: 'ok' }), { stdout: 'bad\n', status_id: 4, time: '2.000', memory: 1953, number_of_runs: 4 })
  t.match(service.payload(), { cases: [{}, {}, {}, {}], stopOnFailure: true, limits: { time: 10, buildTime: 10, total: 60 } })
  service.result({ stdout: '', cases: [run('ok\n', 1e9), run('ok\n', 2e9)] })
  t.match(await service.wait({ number_of_runs: 2, expected_output: 'ok' }), { stdout: 'ok\n', status_id: 3, time: '1.500' })
})

t.test('stderr can be redirected to stdout, for each case', async (t) => {
  const service = await startJudge0(t)
  service.runs.handler = async ({ events }) => {
    events?.event({ type: 'stdout', text: '1', case: 0 })
    events?.event({ type: 'stderr', text: '2', case: 0 })
    events?.event({ type: 'stdout', base64: 'Mw==', case: 0 })
    return decodedOf({ ...COMPLETED, stdout: '', cases: [{ ...COMPLETED, stdout: '13late', stderr: '2' }] })
  }
  t.match(await service.wait({ language_id: 50, redirect_stderr_to_stdout: true }), { stdout: '123late', stderr: null })
  t.match(service.payload(), { stream: true, cases: [{}] })
})
