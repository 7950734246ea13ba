// Tests of the eight outcomes. Each result contains the output of the program.
import t from 'tap'

import { endedAtLimit, run, sh } from './kit.js'

const LIMIT = { RUNONCE_TIME_LIMIT_MS: '700' }
/** The default time limit of the runner, in nanoseconds. */
const DEFAULT_LIMIT_NS = 8e9

void t.test('completed: the result has every field', { buffered: true }, async (t) => {
  const { result, stdout } = await run({ files: [{ name: 'main.sh', content: 'echo hi; echo err >&2' }] })
  const { duration, cpuTime, memoryPeak, ...rest } = result
  t.strictSame(rest, {
    stdout: 'hi\n',
    stderr: 'err\n',
    error: '',
    outcome: 'completed',
    exitCode: 0,
    signal: null,
    stdoutBytes: 3,
    stdoutTruncated: false,
    stderrBytes: 4,
    stderrTruncated: false,
    phase: 'run'
  })
  t.ok(duration > 0 && duration < DEFAULT_LIMIT_NS && cpuTime > 0 && cpuTime < DEFAULT_LIMIT_NS, `${duration} ${cpuTime}`)
  t.ok(memoryPeak === null || memoryPeak > 100_000, memoryPeak)
  t.match(stdout, /^\{.*,"phase":"run"\}\n$/)
})

void t.test('failed: the result has the exit code', { buffered: true }, async (t) => {
  const result = await sh('echo out; exit 42')
  t.equal(`${result.outcome} ${result.exitCode} ${result.signal} ${result.error}`, 'failed 42 null Exit code: 42')
  t.equal(result.stdout, 'out\n')
})

for (const [signal, number] of Object.entries({ SIGSEGV: 11, SIGKILL: 9, SIGTERM: 15, SIGXCPU: 24 })) {
  void t.test(`signaled: the result names ${signal}`, { buffered: true }, async (t) => {
    const result = await sh(`echo out; kill -${number} $$`)
    t.equal(`${result.outcome} ${result.exitCode} ${result.signal} ${result.error}`, `signaled null ${signal} Killed by signal ${signal}`)
    t.equal(result.stdout, 'out\n')
  })
}

void t.test('timeout: the output is kept', { buffered: true }, async (t) => {
  const result = await sh('echo kept; echo err >&2; while :; do :; done', {}, { env: LIMIT })
  t.equal(`${result.outcome} ${result.exitCode} ${result.error}`, 'timeout null Time limit of 0.7 s exceeded')
  t.equal(result.stdout + result.stderr, 'kept\nerr\n')
  endedAtLimit(t, result, 0.7)
  t.equal(result.stdoutTruncated, false)
})

void t.test('timeout: a program may flush its buffered output on SIGRTMAX, and is killed if it does not exit', { buffered: true }, async (t) => {
  const result = await sh("trap 'echo flushed; exit' 64; echo kept; sleep 99 & wait", {}, { env: LIMIT })
  t.equal(`${result.outcome} ${result.signal} ${result.stdout}`, 'timeout SIGKILL kept\nflushed\n')
  const child = await sh("(trap 'echo flushed; exit' 64; sleep 99 & wait); echo on", {}, { env: LIMIT })
  t.equal(`${child.outcome} ${child.stdout}`, 'timeout flushed\n')
  const ignored = await sh("trap '' 64; echo kept; while :; do :; done", {}, { env: LIMIT })
  endedAtLimit(t, ignored, 0.7)
  t.equal(ignored.stdout, 'kept\n')
})

void t.test('timeout: slow output does not extend the limit', { buffered: true }, async (t) => {
  const result = await sh('while :; do printf .; sleep 0.1; done', {}, { env: LIMIT })
  endedAtLimit(t, result, 0.7)
  t.match(result.stdout, /^\.+$/)
})

void t.test('timeout: processes that ignore SIGTERM or start a session are killed as well', { buffered: true }, async (t) => {
  const result = await sh("trap '' TERM HUP INT; (setsid sh -c \"trap '' TERM; sleep 99\" &); echo kept; while :; do sleep 99; done", {}, { env: LIMIT })
  t.equal(result.stdout, 'kept\n')
  endedAtLimit(t, result, 0.7)
})

void t.test('output_limit: output up to the limit is accepted, and one more byte exceeds the limit', { buffered: true }, async (t) => {
  const env = { RUNONCE_OUTPUT_LIMIT: '1000' }
  const exact = await sh('head -c 600 /dev/zero | tr "\\0" a; head -c 400 /dev/zero | tr "\\0" b >&2', {}, { env })
  t.equal(`${exact.outcome} ${exact.stdoutBytes} ${exact.stderrBytes}`, 'completed 600 400')
  const more = await sh('head -c 600 /dev/zero | tr "\\0" a; head -c 401 /dev/zero | tr "\\0" b >&2', {}, { env })
  t.equal(`${more.outcome} ${more.error}`, 'output_limit Output limit of 1000 bytes exceeded')
  t.equal(more.stdout + more.stderr, 'a'.repeat(600) + 'b'.repeat(400))
  t.ok(more.stderrTruncated && !more.stdoutTruncated)
})

void t.test('output_limit: the outcome is the same for a program that has already exited', { buffered: true }, async (t) => {
  const env = { RUNONCE_OUTPUT_LIMIT: '5' }
  for (const code of ['printf 123456', 'printf 123456; exit 3', 'printf 123456; exec sleep 9', 'printf 123456; kill -9 $$']) {
    const result = await sh(code, {}, { env })
    t.equal(`${result.outcome} ${result.exitCode} ${result.signal} ${result.stdout}`, 'output_limit null SIGKILL 12345', code)
  }
})

void t.test('output_limit: endless output ends the run long before the time limit', { buffered: true }, async (t) => {
  const result = await sh('yes', {}, { env: { RUNONCE_TIME_LIMIT_MS: '20000' } })
  t.equal(`${result.outcome} ${result.stdout.length}`, 'output_limit 65536')
  t.ok(result.duration < 20e9, 'before the time limit')
})

void t.test('output_limit: a character that the limit splits is removed, and base64 is absent', { buffered: true }, async (t) => {
  const result = await sh("printf 'aé€'", {}, { env: { RUNONCE_OUTPUT_LIMIT: '5' } })
  t.equal(`${result.outcome} ${result.stdout} ${result.stdoutBase64}`, 'output_limit aé undefined')
})

void t.test('output_limit: the default limit keeps the whole result within the 100,000 bytes that glot reads', { buffered: true }, async (t) => {
  for (const byte of ['001', '377', '012', '101']) {
    const { result, stdout } = await run({ files: [], command: `head -c 60000 /dev/zero | tr "\\0" "\\${byte}"` })
    t.ok(stdout.length <= 100_000, `${byte}: ${stdout.length}`)
    t.equal(`${result.outcome} ${result.stdoutBytes} ${result.exitCode}`, `${byte === '101' ? 'completed' : 'output_limit'} 60000 0`)
  }
})

void t.test('out_of_memory: reported only if the kernel killed a process, and the output is kept', { buffered: true }, async (t) => {
  const settings = { memoryMib: 64 }
  const killed = await sh('echo kept; exec tail /dev/zero', {}, { settings })
  t.equal(`${killed.outcome} ${killed.stdout} ${killed.signal} ${killed.error}`, 'out_of_memory kept\n SIGKILL Out of memory')
  const inside = await sh('echo kept; tail /dev/zero; exit 9', {}, { settings })
  t.equal(`${inside.outcome} ${inside.exitCode}`, 'out_of_memory 9')
  const survived = await sh('tail /dev/zero; echo on', {}, { settings })
  t.equal(`${survived.outcome} ${survived.stdout}`, 'completed on\n')
  const pretended = await sh('exit 137', {}, { settings })
  t.equal(`${pretended.outcome} ${pretended.exitCode}`, 'failed 137')
})

void t.test('out_of_memory: also reported for the build', { buffered: true }, async (t) => {
  const payload = { files: [], runInstructions: { buildCommands: ['echo building; exec tail /dev/zero'], runCommand: 'true' } }
  const { result } = await run(payload, { settings: { memoryMib: 64 } })
  t.equal(`${result.outcome} ${result.stdout} ${result.build.exitCode} ${result.phase}`, 'out_of_memory building\n null build')
})

void t.test('build_failed: the result has the stdout and stderr of the build', { buffered: true }, async (t) => {
  const { result } = await run({ files: [{ name: 'main.sh', content: 'if' }] }, { language: 'built' })
  t.equal(`${result.outcome} ${result.exitCode} ${result.error} ${result.duration}`, 'build_failed 2 Exit code: 2 0')
  t.match(result.stderr, /main\.sh.*[Ss]yntax error/)
  t.equal(result.build.stderr, result.stderr)
  t.equal(`${result.build.exitCode} ${result.phase}`, '2 build')
  t.ok(result.build.duration > 0)
})

void t.test('timeout in the build, at the limit of the build or of the whole run', { buffered: true }, async (t) => {
  const building = (/** @type {string} */ command) => ({ files: [], runInstructions: { buildCommands: ['echo first', command], runCommand: 'echo ran' } })
  const own = await run({ ...building('sleep 99'), limits: { buildTime: 0.3 } })
  t.equal(`${own.result.outcome} ${own.result.error} ${own.result.stdout}${own.result.phase}`, 'timeout Build time limit of 0.3 s exceeded first\nbuild')
  const whole = await run({ ...building('sleep 99'), limits: { time: 0.3, buildTime: 5 } })
  t.equal(`${whole.result.outcome} ${whole.result.error} ${whole.result.phase}`, 'timeout Time limit of 0.3 s exceeded build')
})

void t.test('a build that exceeds the output limit is not stopped: the start of its output is kept', { buffered: true }, async (t) => {
  const building = (/** @type {string} */ command, more = {}) => run({
    files: [], runInstructions: { buildCommands: [command], runCommand: 'printf 123456789' }, limits: { output: 9, ...more }
  })
  const failed = (await building('head -c 1000000 /dev/zero | tr "\\0" e >&2; exit 3')).result
  t.equal(`${failed.outcome} ${failed.exitCode} ${failed.error} ${failed.phase}`, 'build_failed 3 Exit code: 3 build')
  t.equal(`${failed.stderr} ${failed.stderrTruncated} ${failed.build.stderr}`, 'eeeeeeeee true eeeeeeeee')
  const built = (await building('printf warning; head -c 1000000 /dev/zero | tr "\\0" w >&2')).result
  t.equal(`${built.outcome} ${built.stdout} ${built.build.stdout} ${built.build.stderr} ${built.build.exitCode}`, 'completed 123456789 warning ww 0')
  const endless = (await building('yes', { buildTime: 0.5 })).result
  t.equal(`${endless.outcome} ${endless.error} ${endless.phase}`, 'timeout Build time limit of 0.5 s exceeded build')
  t.equal(`${endless.stdout} ${endless.stdoutTruncated}`, 'y\ny\ny\ny\ny true')
})

void t.test('the output of a successful build is only in build; both steps share the time and output limits', { buffered: true }, async (t) => {
  const { result } = await run({ files: [{ name: 'main.sh', content: 'echo ran' }] }, { language: 'built' })
  t.equal(`${result.outcome} ${result.stdout} ${result.build.exitCode} ${result.phase}`, 'completed ran\n 0 run')
  const instructions = { buildCommands: ['printf 12345; echo warning >&2'], runCommand: 'printf 6789' }
  const both = await run({ files: [], runInstructions: instructions, limits: { output: 16 } })
  t.equal(`${both.result.outcome} ${both.result.stdout} ${both.result.build.stdout} ${both.result.phase}`, 'output_limit 678 12345 run')
  t.equal(both.result.build.stderr, 'warning\n')
  const slow = await run({ files: [], runInstructions: { buildCommands: ['sleep 2'], runCommand: 'echo ran; sleep 99' }, limits: { time: 4 } })
  t.equal(`${slow.result.outcome} ${slow.result.stdout}`, 'timeout ran\n')
  t.ok(slow.result.duration < 4e9, 'the time limit of the run is reduced by the duration of the build')
})

void t.test('invalid: a payload that cannot be run produces a result', { buffered: true }, async (t) => {
  for (const payload of ['nonsense', '{"files":', '[]', '{}', '{"files":[]}', '{"files":[{"name":"../x","content":""}]}', '{"files":[{"name":"a","content":1}]}']) {
    const { result } = await run(payload)
    t.equal(`${result.outcome} ${result.exitCode} ${result.phase}`, 'invalid null run', payload)
    t.not(result.error, '')
  }
})
