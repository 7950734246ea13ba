// Tests when processes end, and which processes remain.
import t from 'tap'

import { inside, run, sh, start, STRICT, until } from './kit.js'

/** Duration of the observation of a waiting runner, in milliseconds. */
const IDLE_MS = 1000

void t.test('the run ends with the main process, even if a child keeps stdout open', { buffered: true }, async (t) => {
  const { result } = await run({ files: [{ name: 'main.sh', content: '(setsid sh -c "sleep 99; echo late" &); (sleep 99 &); echo done' }] }, { env: { RUNONCE_TIME_LIMIT_MS: '60000' } })
  t.equal(`${result.outcome} ${result.stdout}`, 'completed done\n')
  t.ok(result.duration < 60e9, 'long before the time limit')
})

void t.test('the output of a child process is kept when the main process exits', { buffered: true }, async (t) => {
  const result = await sh('mkfifo wrote; (sh -c "echo grandchild; echo > wrote; sleep 99" &); read line < wrote; echo main')
  t.equal(result.stdout, 'grandchild\nmain\n')
})

void t.test('a program may close its stdout, or all its streams', { buffered: true }, async (t) => {
  t.equal((await sh('exec >&-; echo lost; echo err >&2; exit 0')).outcome, 'completed')
  const result = await sh('exec <&- >&- 2>&-; sleep 0.2; exit 5')
  t.equal(`${result.outcome} ${result.exitCode}`, 'failed 5')
})

void t.test('the runner reaps orphans: hundreds of orphans do not exceed the process limit', { buffered: true }, async (t) => {
  const settings = { ...STRICT, processes: 24 }
  // Waits until few processes are left, because the runner may be slower than the shell on a busy machine. Waiting starts no process.
  const wait = 'set -- /proc/[0-9]*; while [ $# -gt 12 ]; do set -- /proc/[0-9]*; done'
  const result = await sh(`i=0; while [ $i -lt 200 ]; do (true &) || exit 1; ${wait}; i=$((i+1)); done; echo $i`, {}, { settings })
  t.equal(`${result.outcome} ${result.stdout} ${result.stderr}`, 'completed 200\n ')
})

void t.test('the process limit or the time limit ends a fork bomb', { buffered: true }, async (t) => {
  const result = await sh('echo kept; b() { b | b & b; }; b', {}, { settings: { ...STRICT, processes: 64 }, env: { RUNONCE_TIME_LIMIT_MS: '1500' } })
  t.ok(['timeout', 'failed', 'signaled', 'completed', 'output_limit'].includes(result.outcome), result.outcome)
  t.match(result.stdout, /^kept\n/)
})

void t.test('the runner reports that it cannot start a process', { buffered: true }, async (t) => {
  const { result } = await run({ files: [{ name: 'main.sh', content: 'echo hi' }] }, { settings: { ...STRICT, processes: 1 } })
  t.equal(result.outcome, 'failed')
  t.match(result.error, /^The runner can't start a process: /)
})

void t.test('the runner kills processes of the build before the run', { buffered: true }, async (t) => {
  const instructions = { buildCommands: ['(setsid sleep 99 &)'], runCommand: 'cat /proc/[0-9]*/comm | sort | uniq | tr "\\n" " "' }
  const { result } = await run({ files: [], runInstructions: instructions })
  t.match(result.stdout, /runner/)
  t.notMatch(result.stdout, /sleep/)
})

void t.test('the program starts with default signal handling and exactly three descriptors', { buffered: true }, async (t) => {
  const result = await sh('grep -E "^Sig(Blk|Ign)" /proc/self/status | tr -d "\\t\\n"; ls /proc/self/fd | tr "\\n" " "; cat /proc/self/oom_score_adj; ulimit -c; ps 2>/dev/null; cat /proc/$$/stat | cut -d" " -f5,6')
  t.match(result.stdout, /^SigBlk:0{16}SigIgn:0{16}0 1 2 3 1000\n0\n(\d+) \1\n$/)
})

void t.test('SIGTERM from outside the container stops a waiting runner; it stops an active run, and no result is returned', { buffered: true }, async (t) => {
  const waiting = await start({ env: { RUNONCE_ANNOUNCE: '1' } })
  await until(() => waiting.stdout() === '\n')
  await waiting.container.kill({ signal: 'SIGTERM' })
  t.strictSame(await waiting.ended, { code: 0, stdout: '\n', stderr: '', result: undefined })

  const running = await start({ env: { RUNONCE_TIME_LIMIT_MS: '20000' } })
  running.input.write(JSON.stringify({ files: [{ name: 'main.sh', content: 'echo kept; touch started; sleep 99' }] }))
  await until(async () => (await inside(running.container, 'ls', '/work')).includes('started'))
  await running.container.kill({ signal: 'SIGTERM' })
  t.strictSame(await running.ended, { code: 143, stdout: '', stderr: '', result: undefined })
})

void t.test('a waiting runner does not wake up, and uses less memory than grep', { buffered: true }, async (t) => {
  const { container, input, ended, stdout } = await start({ env: { RUNONCE_ANNOUNCE: '1' } })
  await until(() => stdout() === '\n')
  const contextSwitches = () => inside(container, 'grep', 'ctxt', '/proc/1/status')
  const before = await contextSwitches()
  const memory = await inside(container, 'grep', '-h', 'VmRSS', '/proc/1/status', '/proc/self/status')
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  t.equal(await contextSwitches(), before)
  const [runner = NaN, grep = NaN] = [...memory.matchAll(/VmRSS:\s+(\d+) kB/g)].map(([, kibibytes]) => Number(kibibytes))
  t.ok(runner < grep, `${runner} KiB, grep ${grep} KiB`)
  input.end()
  await ended
})

void t.test('a waiting container exits when its client disconnects', { buffered: true }, async (t) => {
  const { input, ended, stdout } = await start({ env: { RUNONCE_ANNOUNCE: '1' } })
  await until(() => stdout() === '\n')
  input.destroy()
  t.equal((await ended).code, 0)
})
