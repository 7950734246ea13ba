import t from 'tap'

import { streamed } from './events.js'
import { needImages, startService, submission, type Result } from './kit.js'

void t.before(async () => { await needImages('python', 'cpp') })

const DOUBLE = 'print(int(input()) * 2)'

void t.test('a program is built once and run for each case', async (t) => {
  const service = await startService(t)
  const cpp = '#include <bits/stdc++.h>\nint main(int argc, char** argv) { int n; std::cin >> n; std::cout << n * 2 << " " << argc << std::endl; }'
  const cases = [{ stdin: '1' }, { stdin: '2', args: ['a', 'b'] }, {}]
  const result = await service.run('cpp', cpp, { cases, stdin: '9', args: ['x'] })
  t.match(result, { outcome: 'completed', stdout: '', build: { exitCode: 0 } })
  t.same(result.cases?.map(({ stdout, outcome }) => [stdout, outcome]), [['2 2\n', 'completed'], ['4 3\n', 'completed'], ['18 2\n', 'completed']])
  t.notOk(result.cases?.some((each) => 'build' in each))
  t.equal(result.duration, result.cases?.reduce((sum, { duration }) => sum + duration, 0))
})

void t.test('each case states whether its output matches', async (t) => {
  const service = await startService(t)
  const cases = [{ stdin: '1', expectedStdout: '2' }, { stdin: '2', expectedStdout: '4  \n\n' }, { stdin: '3', expectedStdout: '7' }, { stdin: '4' }]
  const { cases: results = [], outcome } = await service.run('python', DOUBLE, { cases })
  t.same(results.map(({ matched }) => matched), [true, true, false, undefined])
  t.equal(outcome, 'completed')
  const stopped = await service.run('python', DOUBLE, { cases, stopOnFailure: true })
  t.equal(stopped.cases?.length, 3)
  const failed = await service.run('python', DOUBLE, { cases: [{ stdin: 'x' }, { stdin: '1' }], stopOnFailure: true })
  t.match(failed, { outcome: 'failed', exitCode: 1, cases: [{ outcome: 'failed' }] })
  t.equal(failed.cases?.length, 1)
})

void t.test('a limit that one case reaches does not affect the next case', async (t) => {
  const service = await startService(t)
  const code = `import sys
what = input()
if what == 'time':
    while True: pass
if what == 'output': print('x' * 5000)
if what == 'memory': x = bytearray(2_000_000_000)
print('done')`
  const cases = ['time', 'ok', 'output', 'ok', 'memory', 'ok'].map((stdin) => ({ stdin, limits: { time: 2, output: 1000 } }))
  const { cases: results = [], outcome } = await service.run('python', code, { cases })
  t.same(results.filter((_, index) => index % 2 === 1).map(({ stdout, outcome }) => [stdout, outcome]), Array(3).fill(['done\n', 'completed']))
  t.same(results.slice(0, 3).map(({ outcome }) => outcome), ['timeout', 'completed', 'output_limit'])
  t.not(results[4]?.outcome, 'completed')
  t.equal(outcome, 'timeout')
})

void t.test('a case cannot notice the previous one', async (t) => {
  const service = await startService(t)
  const code = `import os, subprocess
print(sorted(os.listdir('.')), sorted(os.listdir('/tmp')), sorted(os.listdir('/dev/shm')), open('data.txt').read())
print(len([name for name in os.listdir('/proc') if name.isdigit()]))
open('data.txt', 'w').write('changed')
for folder in ('.', '/tmp', '/dev/shm'): open(folder + '/left', 'w').write('x')
os.chmod('data.txt', 0)
subprocess.Popen(['sleep', '100'], start_new_session=True)`
  const files = [{ name: 'main.py', content: code }, { name: 'data.txt', content: 'original' }]
  const { cases = [] } = await service.run('python', files, { cases: [{}, {}, {}] })
  t.equal(cases.length, 3)
  t.match(cases[0]?.stdout, /original/)
  for (const each of cases) t.match(each, { outcome: 'completed', stdout: cases[0]?.stdout ?? '' })
})

void t.test('a failed build has no cases', async (t) => {
  const service = await startService(t)
  const result = await service.run('cpp', 'int main() { return }', { cases: [{}, {}] })
  t.match(result, { outcome: 'build_failed', phase: 'build', cases: [] })
  t.equal(result.cases?.length, 0)
})

void t.test('with streaming, each case is an event as it ends', async (t) => {
  const service = await startService(t)
  const { events, result } = await streamed(service, submission('python', DOUBLE, { cases: [{ stdin: '1' }, { stdin: '2' }] }))
  t.same(events.map(({ type, text, index, case: of }) => [type, text ?? index, of]), [
    ['stdout', '2\n', 0], ['case', 0, undefined], ['stdout', '4\n', 1], ['case', 1, undefined], ['result', undefined, undefined]
  ])
  t.same(events.filter(({ type }) => type === 'case').map((event) => event.result), result.cases as unknown as Result[])
})

void t.test('all cases together have a time limit, and their number is limited', async (t) => {
  const service = await startService(t, { env: { RUN_MAX_CASES: '5', RUN_MAX_CASES_TIME: '3' } })
  const result = await service.run('python', 'import time\ntime.sleep(1)', { cases: Array(5).fill({}) })
  t.equal(result.outcome, 'timeout')
  t.equal(result.cases?.[0]?.outcome, 'completed')
  const { status, body } = await service.post('/run', submission('python', '', { cases: Array(6).fill({}) }))
  t.same([status, body.message], [400, 'payload.cases must contain at most 5 cases (RUN_MAX_CASES)'])
})
