// The warm interpreter's conversation, in containers.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { inside, run, sh, start, until } from './kit.js'

const CODE = 'echo "warm=$WARM $0 $# $1"; ls /proc/self/fd | tr "\\n" " "; cat; exit 3'

/** Waits until the container says that it is ready, then gives it the payload. @param {Parameters<typeof start>[0]} options @param {object} payload */
async function announced (options, payload) {
  const { input, ended, stdout } = await start({ ...options, env: { RUNONCE_ANNOUNCE: '1', ...options?.env } })
  await until(() => stdout() === '\n')
  input.write(JSON.stringify(payload))
  const { result } = await ended
  assert.ok(result !== undefined)
  return result
}

test('a warm interpreter becomes the program: names, input, exit code, descriptors', async () => {
  const files = [{ name: 'my prog.sh', content: CODE }]
  const result = await announced({ language: 'warm' }, { files, stdin: 'in', args: ['a b'] })
  assert.equal(result.stdout, 'warm=yes my prog.sh 1 a b\n0 1 2 3 in')
  assert.equal(`${result.outcome} ${result.exitCode} ${result.build}`, 'failed 3 undefined')
  assert.ok(result.duration > 0 && result.duration < 3e9)
})

test('its input is there as soon as it is the program', async () => {
  for (let times = 0; times < 10; times++) {
    const result = await announced({ language: 'warm-looks' }, { files: [{ name: 'main.sh', content: '' }], stdin: 'x'.repeat(200_000) })
    assert.equal(result.stdout, '200000 bytes')
  }
})

test('one that is still starting is waited for', async () => {
  assert.match((await sh(CODE, {}, { language: 'warm-slow' })).stdout, /^warm=yes/)
})

for (const language of /** @type {const} */ (['warm-dies', 'warm-wrong', 'warm-refuses'])) {
  test(`${language}: the plain command runs`, async () => {
    const result = await announced({ language }, { files: [{ name: 'main.sh', content: CODE }], stdin: 'in' })
    assert.equal(result.stdout, 'warm= main.sh 0 \n0 1 2 3 in')
  })
}

test('warm-hangs: no announcement, a bounded wait, then the plain command', async () => {
  const { result } = await run({ files: [{ name: 'main.sh', content: CODE }] }, { language: 'warm-hangs', env: { RUNONCE_ANNOUNCE: '1' } })
  assert.match(result.stdout, /^warm= /)
})

test('warm-crashes: the crash is the run\'s, told as it was', async () => {
  const result = await announced({ language: 'warm-crashes' }, { files: [{ name: 'main.sh', content: CODE }] })
  assert.equal(`${result.outcome} ${result.signal}`, 'signaled SIGSEGV')
})

test('what is not plain runs plainly', async () => {
  const files = [{ name: 'main.sh', content: 'echo "$WARM$A"' }]
  const plain = [{ command: 'sh main.sh' }, { runInstructions: { runCommand: 'sh main.sh' } }, { env: { A: '' } }]
  for (const more of plain) assert.equal((await announced({ language: 'warm' }, { files, ...more })).stdout, '\n', JSON.stringify(more))
  for (const name of ['d/main.sh', '-main.sh']) {
    assert.equal((await announced({ language: 'warm' }, { files: [{ ...files[0], name }] })).stdout, '\n', name)
  }
  assert.equal((await announced({ language: 'warm', env: { RUNONCE_WARM: '0' } }, { files })).stdout, '\n')
  assert.equal((await announced({ language: 'warm' }, { files })).stdout, 'yes\n')
})

test('a build inside: its words and its time are the build\'s', async () => {
  const result = await announced({ language: 'warm-build' }, { files: [{ name: 'main.sh', content: 'echo ran; echo err >&2' }], limits: { output: 200 } })
  assert.equal(`${result.outcome} ${result.stdout}${result.stderr}`, 'completed ran\nerr\n')
  assert.equal(`${result.build.stderr}${result.build.exitCode}`, 'built main.sh\n0')
  assert.ok(result.build.duration > 0 && result.stderrBytes === 4)
})

test('a build inside that fails: build_failed', async () => {
  const result = await announced({ language: 'warm-build' }, { files: [{ name: 'main.sh', content: 'if' }] })
  assert.equal(`${result.outcome} ${result.exitCode} ${result.error}`, 'build_failed 2 Exit code: 2')
  assert.match(result.stderr, /[Ss]yntax error/)
  assert.equal(`${result.build.exitCode} ${result.build.stderr === result.stderr}`, '2 true')
})

test('limits and outcomes of a warm run', async () => {
  const timeout = await announced({ language: 'warm' }, { files: [{ name: 'main.sh', content: 'echo kept; sleep 99' }], limits: { time: 0.4 } })
  assert.equal(`${timeout.outcome} ${timeout.stdout}`, 'timeout kept\n')
  assert.ok(timeout.duration < 2e9)
  const much = await announced({ language: 'warm-build' }, { files: [{ name: 'main.sh', content: 'yes' }], limits: { output: 50 } })
  assert.equal(`${much.outcome} ${much.stdout.length + much.build.stderr.length}`, 'output_limit 50')
  const settings = { memoryMib: 64 }
  const memory = await announced({ language: 'warm', settings }, { files: [{ name: 'main.sh', content: 'echo kept; exec tail /dev/zero' }] })
  assert.equal(`${memory.outcome} ${memory.stdout}`, 'out_of_memory kept\n')
})

test('a warm interpreter that is killed while it waits is replaced by the plain command', async () => {
  const { container, input, ended, stdout } = await start({ language: 'warm', env: { RUNONCE_ANNOUNCE: '1' } })
  await until(() => stdout() === '\n')
  const starters = async () => (await inside(container, 'sh', '-c', 'grep -l "^starter" /proc/[0-9]*/comm | cut -d/ -f3')).trim()
  await inside(container, 'sh', '-c', `kill -9 ${await starters()}`)
  await until(async () => await starters() === '')
  input.write(JSON.stringify({ files: [{ name: 'main.sh', content: 'echo "warm=$WARM"' }] }))
  assert.equal((await ended).result?.stdout, 'warm=\n')
})

test('an invalid payload for a warm container', async () => {
  const result = await announced({ language: 'warm' }, { files: [] })
  assert.equal(result.outcome, 'invalid')
})
