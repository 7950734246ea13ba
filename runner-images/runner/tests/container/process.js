// Processes: who ends, when, and what is left.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { inside, run, sh, start, STRICT, until } from './kit.js'

test('the end is the main process\'s end, whoever holds stdout', async () => {
  const { result } = await run({ files: [{ name: 'main.sh', content: '(setsid sh -c "sleep 99; echo late" &); (sleep 99 &); echo done' }] })
  assert.equal(`${result.outcome} ${result.stdout}`, 'completed done\n')
  assert.ok(result.duration < 2e9, result.duration)
})

test('what a dead main process\'s children had written is kept', async () => {
  const result = await sh('(sh -c "echo grandchild; sleep 99" &); sleep 0.3; echo main')
  assert.equal(result.stdout, 'grandchild\nmain\n')
})

test('a closed stdout, and a closed everything', async () => {
  assert.equal((await sh('exec >&-; echo lost; echo err >&2; exit 0')).outcome, 'completed')
  const result = await sh('exec <&- >&- 2>&-; sleep 0.2; exit 5')
  assert.equal(`${result.outcome} ${result.exitCode}`, 'failed 5')
})

test('orphans are reaped: hundreds of them don\'t fill the pids limit', async () => {
  const settings = { ...STRICT, processes: 24 }
  const result = await sh('i=0; while [ $i -lt 200 ]; do (true &) || exit 1; i=$((i+1)); done; sleep 0.1; echo $i', {}, { settings })
  assert.equal(`${result.outcome} ${result.stdout} ${result.stderr}`, 'completed 200\n ')
})

test('a fork bomb ends with its limit', async () => {
  const result = await sh('echo kept; b() { b | b & b; }; b', {}, { settings: { ...STRICT, processes: 64 }, env: { RUNONCE_TIME_LIMIT_MS: '1500' } })
  assert.ok(['timeout', 'failed', 'signaled', 'completed', 'output_limit'].includes(result.outcome), result.outcome)
  assert.match(result.stdout, /^kept\n/)
})

test('no process can be started at all: told', async () => {
  const { result } = await run({ files: [{ name: 'main.sh', content: 'echo hi' }] }, { settings: { ...STRICT, processes: 1 } })
  assert.equal(result.outcome, 'failed')
  assert.match(result.error, /^The runner can't start a process: /)
})

test('what a build leaves running is gone before the run', async () => {
  const instructions = { buildCommands: ['(setsid sleep 99 &)'], runCommand: 'cat /proc/[0-9]*/comm | sort | uniq | tr "\\n" " "' }
  const { result } = await run({ files: [], runInstructions: instructions })
  assert.match(result.stdout, /runner/)
  assert.doesNotMatch(result.stdout, /sleep/)
})

test('the program sees default signals, its three descriptors and no others', async () => {
  const result = await sh('grep -E "^Sig(Blk|Ign)" /proc/self/status | tr -d "\\t\\n"; ls /proc/self/fd | tr "\\n" " "; cat /proc/self/oom_score_adj; ulimit -c; ps 2>/dev/null; cat /proc/$$/stat | cut -d" " -f5,6')
  assert.match(result.stdout, /^SigBlk:0{16}SigIgn:0{16}0 1 2 3 1000\n0\n(\d+) \1\n$/)
})

test('SIGTERM from outside: while waiting the runner goes, while running it tells what there is', async () => {
  const waiting = await start({ env: { RUNONCE_ANNOUNCE: '1' } })
  await until(() => waiting.stdout() === '\n')
  await waiting.container.kill({ signal: 'SIGTERM' })
  assert.deepEqual(await waiting.ended, { code: 0, stdout: '\n', stderr: '', result: undefined })

  const running = await start({ env: { RUNONCE_TIME_LIMIT_MS: '20000' } })
  running.input.write(JSON.stringify({ files: [{ name: 'main.sh', content: 'echo kept; touch started; sleep 99' }] }))
  await until(async () => (await inside(running.container, 'ls', '/work')).includes('started'))
  await running.container.kill({ signal: 'SIGTERM' })
  const { result } = await running.ended
  assert.equal(`${result?.outcome} ${result?.signal} ${result?.exitCode} ${result?.stdout}`, 'signaled SIGTERM null kept\n')
})

test('a waiting runner sleeps, small', async () => {
  const { container, input, ended, stdout } = await start({ env: { RUNONCE_ANNOUNCE: '1' } })
  await until(() => stdout() === '\n')
  const look = () => inside(container, 'grep', '-E', 'VmRSS|ctxt', '/proc/1/status')
  const before = await look()
  await new Promise((resolve) => setTimeout(resolve, 1000))
  assert.equal(await look(), before) // not one switch more
  const [, kibibytes] = before.match(/VmRSS:\s+(\d+) kB/) ?? []
  assert.ok(Number(kibibytes) < 1024, before)
  input.end()
  await ended
})

test('a client that goes takes its waiting container along', async () => {
  const { input, ended, stdout } = await start({ env: { RUNONCE_ANNOUNCE: '1' } })
  await until(() => stdout() === '\n')
  input.destroy()
  assert.equal((await ended).code, 0)
})
