// The eight outcomes, and that nothing is lost in any of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { run, sh } from './kit.js'

const LIMIT = { RUNONCE_TIME_LIMIT_MS: '700' }

test('completed: every field of a result', async () => {
  const { result, stdout } = await run({ files: [{ name: 'main.sh', content: 'echo hi; echo err >&2' }] })
  const { duration, cpuTime, memoryPeak, ...rest } = result
  assert.deepEqual(rest, {
    stdout: 'hi\n',
    stderr: 'err\n',
    error: '',
    outcome: 'completed',
    exitCode: 0,
    signal: null,
    stdoutBytes: 3,
    stdoutTruncated: false,
    stderrBytes: 4,
    stderrTruncated: false
  })
  assert.ok(duration > 0 && duration < 5e9 && cpuTime > 0 && cpuTime < 5e9, `${duration} ${cpuTime}`)
  assert.ok(memoryPeak === null || memoryPeak > 100_000, memoryPeak)
  assert.match(stdout, /^\{.*\}\n$/)
})

test('failed: the exit code', async () => {
  const result = await sh('echo out; exit 42')
  assert.equal(`${result.outcome} ${result.exitCode} ${result.signal} ${result.error}`, 'failed 42 null Exit code: 42')
  assert.equal(result.stdout, 'out\n')
})

for (const [signal, number] of Object.entries({ SIGSEGV: 11, SIGKILL: 9, SIGTERM: 15, SIGXCPU: 24 })) {
  test(`signaled: ${signal}`, async () => {
    const result = await sh(`echo out; kill -${number} $$`)
    assert.equal(`${result.outcome} ${result.exitCode} ${result.signal} ${result.error}`, `signaled null ${signal} Killed by signal ${signal}`)
    assert.equal(result.stdout, 'out\n')
  })
}

test('timeout: output is kept', async () => {
  const result = await sh('echo kept; echo err >&2; while :; do :; done', {}, { env: LIMIT })
  assert.equal(`${result.outcome} ${result.exitCode} ${result.error}`, 'timeout null Time limit of 0.7 s exceeded')
  assert.equal(result.stdout + result.stderr, 'kept\nerr\n')
  assert.ok(result.duration >= 0.69e9 && result.duration < 1.5e9, result.duration)
  assert.equal(result.stdoutTruncated, false)
})

test('timeout: a trickle does not extend it', async () => {
  const result = await sh('while :; do printf .; sleep 0.1; done', {}, { env: LIMIT })
  assert.equal(result.outcome, 'timeout')
  assert.match(result.stdout, /^\.{4,8}$/)
})

test('timeout: SIGTERM ignored, processes in sessions of their own', async () => {
  const result = await sh("trap '' TERM HUP INT; (setsid sh -c \"trap '' TERM; sleep 99\" &); echo kept; while :; do sleep 99; done", {}, { env: LIMIT })
  assert.equal(`${result.outcome} ${result.stdout}`, 'timeout kept\n')
})

test('output_limit: the head is kept, one byte more would be too much', async () => {
  const env = { RUNONCE_OUTPUT_LIMIT: '1000' }
  const exact = await sh('head -c 600 /dev/zero | tr "\\0" a; head -c 400 /dev/zero | tr "\\0" b >&2', {}, { env })
  assert.equal(`${exact.outcome} ${exact.stdoutBytes} ${exact.stderrBytes}`, 'completed 600 400')
  const more = await sh('head -c 600 /dev/zero | tr "\\0" a; head -c 401 /dev/zero | tr "\\0" b >&2', {}, { env })
  assert.equal(`${more.outcome} ${more.error}`, 'output_limit Output limit of 1000 bytes exceeded')
  assert.equal(more.stdout + more.stderr, 'a'.repeat(600) + 'b'.repeat(400))
  assert.ok(more.stderrTruncated && !more.stdoutTruncated)
})

test('output_limit: told the same of a program that had ended by itself', async () => {
  const env = { RUNONCE_OUTPUT_LIMIT: '5' }
  for (const code of ['printf 123456', 'printf 123456; exit 3', 'printf 123456; exec sleep 9', 'printf 123456; kill -9 $$']) {
    const result = await sh(code, {}, { env })
    assert.equal(`${result.outcome} ${result.exitCode} ${result.signal} ${result.stdout}`, 'output_limit null SIGKILL 12345', code)
  }
})

test('output_limit: endless output ends at once', async () => {
  const result = await sh('yes', {}, { env: { RUNONCE_TIME_LIMIT_MS: '20000' } })
  assert.equal(`${result.outcome} ${result.stdout.length}`, 'output_limit 65536')
  assert.ok(result.duration < 5e9, result.duration)
})

test('output_limit: a character cut in two is left out, without base64', async () => {
  const result = await sh("printf 'aé€'", {}, { env: { RUNONCE_OUTPUT_LIMIT: '5' } })
  assert.equal(`${result.outcome} ${result.stdout} ${result.stdoutBase64}`, 'output_limit aé undefined')
})

test('output_limit: without settings the whole answer fits into glot\'s 100,000 bytes', async () => {
  for (const byte of ['001', '377', '012', '101']) {
    const { result, stdout } = await run({ files: [], command: `head -c 60000 /dev/zero | tr "\\0" "\\${byte}"` })
    assert.ok(stdout.length <= 100_000, `${byte}: ${stdout.length}`)
    assert.equal(`${result.outcome} ${result.stdoutBytes} ${result.exitCode}`, `${byte === '101' ? 'completed' : 'output_limit'} 60000 0`)
  }
})

test('out_of_memory: proven by the kernel, output kept', async () => {
  const settings = { memoryMib: 64 }
  const killed = await sh('echo kept; exec tail /dev/zero', {}, { settings })
  assert.equal(`${killed.outcome} ${killed.stdout} ${killed.signal} ${killed.error}`, 'out_of_memory kept\n SIGKILL Out of memory')
  const inside = await sh('echo kept; tail /dev/zero; exit 9', {}, { settings })
  assert.equal(`${inside.outcome} ${inside.exitCode}`, 'out_of_memory 9')
  const survived = await sh('tail /dev/zero; echo on', {}, { settings })
  assert.equal(`${survived.outcome} ${survived.stdout}`, 'completed on\n')
  const pretended = await sh('exit 137', {}, { settings })
  assert.equal(`${pretended.outcome} ${pretended.exitCode}`, 'failed 137')
})

test('out_of_memory: in the build as well', async () => {
  const payload = { files: [], runInstructions: { buildCommands: ['echo building; exec tail /dev/zero'], runCommand: 'true' } }
  const { result } = await run(payload, { settings: { memoryMib: 64 } })
  assert.equal(`${result.outcome} ${result.stdout} ${result.build.exitCode}`, 'out_of_memory building\n null')
})

test('build_failed: the build\'s output stands for the program\'s', async () => {
  const { result } = await run({ files: [{ name: 'main.sh', content: 'if' }] }, { language: 'built' })
  assert.equal(`${result.outcome} ${result.exitCode} ${result.error} ${result.duration}`, 'build_failed 2 Exit code: 2 0')
  assert.match(result.stderr, /main\.sh.*[Ss]yntax error/)
  assert.equal(result.build.stderr, result.stderr)
  assert.equal(result.build.exitCode, 2)
  assert.ok(result.build.duration > 0)
})

test('timeout and output_limit in the build, by its own limit or by the run\'s', async () => {
  const building = (/** @type {string} */ command) => ({ files: [], runInstructions: { buildCommands: ['echo first', command], runCommand: 'echo ran' } })
  const own = await run({ ...building('sleep 99'), limits: { buildTime: 0.3 } })
  assert.equal(`${own.result.outcome} ${own.result.error} ${own.result.stdout}`, 'timeout Build time limit of 0.3 s exceeded first\n')
  const whole = await run({ ...building('sleep 99'), limits: { time: 0.3, buildTime: 5 } })
  assert.equal(`${whole.result.outcome} ${whole.result.error}`, 'timeout Time limit of 0.3 s exceeded')
  const much = await run({ ...building('yes'), limits: { output: 100 } })
  assert.equal(`${much.result.outcome} ${much.result.stdoutBytes > 100} ${much.result.stdout.length}`, 'output_limit true 100')
})

test('a build that succeeds keeps its words to itself; one clock and one output limit for both', async () => {
  const { result } = await run({ files: [{ name: 'main.sh', content: 'echo ran' }] }, { language: 'built' })
  assert.equal(`${result.outcome} ${result.stdout} ${result.build.exitCode}`, 'completed ran\n 0')
  const instructions = { buildCommands: ['printf 12345; echo warning >&2'], runCommand: 'printf 6789' }
  const both = await run({ files: [], runInstructions: instructions, limits: { output: 16 } })
  assert.equal(`${both.result.outcome} ${both.result.stdout} ${both.result.build.stdout}`, 'output_limit 678 12345')
  assert.equal(both.result.build.stderr, 'warning\n')
  const slow = await run({ files: [], runInstructions: { buildCommands: ['sleep 0.4'], runCommand: 'echo ran; sleep 9' }, limits: { time: 0.8 } })
  assert.equal(`${slow.result.outcome} ${slow.result.stdout}`, 'timeout ran\n')
  assert.ok(slow.result.duration < 0.5e9, slow.result.duration)
})

test('invalid: never a crash, never silence', async () => {
  for (const payload of ['nonsense', '{"files":', '[]', '{}', '{"files":[]}', '{"files":[{"name":"../x","content":""}]}', '{"files":[{"name":"a","content":1}]}']) {
    const { result } = await run(payload)
    assert.equal(`${result.outcome} ${result.exitCode}`, 'invalid null', payload)
    assert.notEqual(result.error, '')
  }
})
