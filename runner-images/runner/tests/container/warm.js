// Tests of the protocol of warm interpreters in containers.
import t from 'tap'

import { endedAtLimit, inside, run, sh, start, until } from './kit.js'

const CODE = 'echo "warm=$WARM $0 $# $1"; ls /proc/self/fd | tr "\\n" " "; cat; exit 3'

/** Starts a container, waits until it reports that it is ready, and sends the payload. @param {Parameters<typeof start>[0]} options @param {object} payload */
async function announced (options, payload) {
  const { input, ended, stdout } = await start({ ...options, env: { RUNONCE_ANNOUNCE: '1', ...options?.env } })
  await until(() => stdout() === '\n')
  input.write(JSON.stringify(payload))
  const { result } = await ended
  if (result === undefined) throw new Error('no result')
  return result
}

void t.test('a warm interpreter becomes the program, with the program\'s name, stdin, exit code and descriptors', { buffered: true }, async (t) => {
  const files = [{ name: 'my prog.sh', content: CODE }]
  const result = await announced({ language: 'warm' }, { files, stdin: 'in', args: ['a b'] })
  t.equal(result.stdout, 'warm=yes my prog.sh 1 a b\n0 1 2 3 in')
  t.equal(`${result.outcome} ${result.exitCode} ${result.build}`, 'failed 3 undefined')
  t.ok(result.duration > 0)
})

void t.test('stdin is complete as soon as the warm interpreter becomes the program', { buffered: true }, async (t) => {
  for (let times = 0; times < 10; times++) {
    const result = await announced({ language: 'warm-looks' }, { files: [{ name: 'main.sh', content: '' }], stdin: 'x'.repeat(200_000) })
    t.equal(result.stdout, '200000 bytes')
  }
})

void t.test('the runner waits for a warm interpreter that is still starting', { buffered: true }, async (t) => {
  t.match((await sh(CODE, {}, { language: 'warm-slow' })).stdout, /^warm=yes/)
})

for (const language of /** @type {const} */ (['warm-dies', 'warm-wrong', 'warm-refuses'])) {
  void t.test(`${language}: the runner falls back to the plain command`, { buffered: true }, async (t) => {
    const result = await announced({ language }, { files: [{ name: 'main.sh', content: CODE }], stdin: 'in' })
    t.equal(result.stdout, 'warm= main.sh 0 \n0 1 2 3 in')
  })
}

void t.test('warm-hangs: the runner falls back to the plain command after a limited wait', { buffered: true }, async (t) => {
  const { result } = await run({ files: [{ name: 'main.sh', content: CODE }] }, { language: 'warm-hangs', env: { RUNONCE_ANNOUNCE: '1' } })
  t.match(result.stdout, /^warm= /)
})

void t.test('warm-crashes: the crash is reported as a crash of the program', { buffered: true }, async (t) => {
  const result = await announced({ language: 'warm-crashes' }, { files: [{ name: 'main.sh', content: CODE }] })
  t.equal(`${result.outcome} ${result.signal} ${result.phase}`, 'signaled SIGSEGV run')
})

void t.test('a payload with a command, env or unusual file name uses the plain command', { buffered: true }, async (t) => {
  const files = [{ name: 'main.sh', content: 'echo "$WARM$A"' }]
  const plain = [{ command: 'sh main.sh' }, { runInstructions: { runCommand: 'sh main.sh' } }, { env: { A: '' } }]
  for (const more of plain) t.equal((await announced({ language: 'warm' }, { files, ...more })).stdout, '\n', JSON.stringify(more))
  for (const name of ['d/main.sh', '-main.sh']) {
    t.equal((await announced({ language: 'warm' }, { files: [{ ...files[0], name }] })).stdout, '\n', name)
  }
  t.equal((await announced({ language: 'warm', env: { RUNONCE_WARM: '0' } }, { files })).stdout, '\n')
  t.equal((await announced({ language: 'warm' }, { files })).stdout, 'yes\n')
})

void t.test('a build in the warm interpreter is reported in build with its output and duration', { buffered: true }, async (t) => {
  const result = await announced({ language: 'warm-build' }, { files: [{ name: 'main.sh', content: 'echo ran; echo err >&2' }], limits: { output: 200 } })
  t.equal(`${result.outcome} ${result.stdout}${result.stderr}`, 'completed ran\nerr\n')
  t.equal(`${result.build.stderr}${result.build.exitCode} ${result.phase}`, 'built main.sh\n0 run')
  t.ok(result.build.duration > 0 && result.stderrBytes === 4)
})

void t.test('a failed build in the warm interpreter is build_failed', { buffered: true }, async (t) => {
  const result = await announced({ language: 'warm-build' }, { files: [{ name: 'main.sh', content: 'if' }] })
  t.equal(`${result.outcome} ${result.exitCode} ${result.error}`, 'build_failed 2 Exit code: 2')
  t.match(result.stderr, /[Ss]yntax error/)
  t.equal(`${result.build.exitCode} ${result.build.stderr === result.stderr} ${result.phase}`, '2 true build')
})

void t.test('a build in the warm interpreter may exceed the output limit', { buffered: true }, async (t) => {
  const result = await announced({ language: 'warm-build' }, { files: [{ name: 'main.sh', content: 'printf 123456789' }], limits: { output: 9 } })
  t.equal(`${result.outcome} ${result.stdout} ${result.build.stderr}`, 'completed 123456789 built mai')
})

void t.test('limits and outcomes apply to a warm run', { buffered: true }, async (t) => {
  const timeout = await announced({ language: 'warm' }, { files: [{ name: 'main.sh', content: 'echo kept; sleep 99' }], limits: { time: 0.4 } })
  t.equal(timeout.stdout, 'kept\n')
  endedAtLimit(t, timeout, 0.4)
  const much = await announced({ language: 'warm-build' }, { files: [{ name: 'main.sh', content: 'yes' }], limits: { output: 50 } })
  t.equal(`${much.outcome} ${much.stdout.length + much.build.stderr.length}`, 'output_limit 50')
  const settings = { memoryMib: 64 }
  const memory = await announced({ language: 'warm', settings }, { files: [{ name: 'main.sh', content: 'echo kept; exec tail /dev/zero' }] })
  t.equal(`${memory.outcome} ${memory.stdout}`, 'out_of_memory kept\n')
})

void t.test('a warm interpreter that never becomes the program is killed at the time limit', { buffered: true }, async (t) => {
  const payload = { files: [{ name: 'main.sh', content: '' }], limits: { time: 0.4, buildTime: 0.2 } }
  const run = await announced({ language: 'warm-stuck' }, payload)
  t.equal(`${run.error} ${run.build} ${run.phase}`, 'Time limit of 0.4 s exceeded undefined run')
  endedAtLimit(t, run, 0.4)
  const build = await announced({ language: 'warm-build-stuck' }, payload)
  t.equal(`${build.outcome} ${build.error} ${build.duration} ${build.phase}`, 'timeout Build time limit of 0.2 s exceeded 0 build')
  t.ok(build.build.duration >= 0.19e9)
})

void t.test('the runner falls back to the plain command if a waiting warm interpreter was killed', { buffered: true }, async (t) => {
  const { container, input, ended, stdout } = await start({ language: 'warm', env: { RUNONCE_ANNOUNCE: '1' } })
  await until(() => stdout() === '\n')
  const starters = async () => (await inside(container, 'sh', '-c', 'grep -l "^starter" /proc/[0-9]*/comm | cut -d/ -f3')).trim()
  await inside(container, 'sh', '-c', `kill -9 ${await starters()}`)
  await until(async () => await starters() === '')
  input.write(JSON.stringify({ files: [{ name: 'main.sh', content: 'echo "warm=$WARM"' }] }))
  t.equal((await ended).result?.stdout, 'warm=\n')
})

void t.test('a warm container reports an invalid payload in the result', { buffered: true }, async (t) => {
  const result = await announced({ language: 'warm' }, { files: [] })
  t.equal(result.outcome, 'invalid')
})
