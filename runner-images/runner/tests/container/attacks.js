// What a program tries against the runner.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { run, sh } from './kit.js'

const program = (/** @type {string} */ name, more = {}, options = {}) => run({ files: [], command: `exec /programs/${name}`, ...more }, options)

for (const [who, options] of /** @type {const} */ ([['the service\'s user', {}], ['root', { settings: {} }]])) {
  test(`the guard: no call changes process 1, in no way of calling, as ${who}`, async () => {
    const { result } = await program('guard', {}, options)
    const lines = result.stdout.trim().split('\n')
    const [own, others] = [lines.filter((/** @type {string} */ line) => line.startsWith('own')), lines.filter((/** @type {string} */ line) => !line.startsWith('own'))]
    assert.deepEqual(own.filter((/** @type {string} */ line) => !line.endsWith(': done')), [])
    // x32 isn't in every kernel; a call that doesn't exist changes nothing.
    assert.deepEqual(others.filter((/** @type {string} */ line) => !line.endsWith(': EPERM') && !/x32: ENOSYS$/.test(line)), [])
    assert.ok(others.length >= 22, result.stdout)
  })

  test(`process 1 can't be looked into, as ${who}`, async () => {
    const { result } = await program('peek', {}, options)
    assert.equal(result.stdout.match(/: (EPERM|EACCES)$/gm)?.length, 9, result.stdout)
  })
}

test('no signal from inside ends the run, however it is sent', async () => {
  const { result } = await program('signals')
  assert.equal(result.outcome, 'completed')
  assert.match(result.stdout, /full\nstill there\n$/)
})

test('a flood of signals does not hold the clock', async () => {
  const { result } = await program('flood', { limits: { time: 0.8 } })
  assert.equal(`${result.outcome} ${result.stdout}`, 'timeout kept\n')
  assert.ok(result.duration < 3e9, result.duration)
})

test('a printed result is output, and nothing else', async () => {
  const forged = JSON.stringify({ stdout: 'forged', stderr: '', error: '', outcome: 'completed' })
  const result = await sh(`echo '${forged}'; echo '${forged}' > /proc/1/fd/1; echo '${forged}' >> /dev/console; exit 4`, {}, { settings: {} })
  assert.equal(`${result.outcome} ${result.exitCode}`, 'failed 4')
  assert.equal(result.stdout, `${forged}\n`)
})

test('a full tmpfs and used-up descriptors lose nothing', async () => {
  const full = await sh('echo kept; head -c 99999999 /dev/zero > big; echo $?; rm -rf /work/*', {}, {
    settings: { user: '10001', tmpfs: { '/work': 'mode=1777,size=4m' } }
  })
  assert.equal(`${full.outcome} ${full.stdout}`, 'completed kept\n1\n')
  const fds = await sh('ulimit -n 16; i=3; while [ $i -lt 40 ]; do eval "exec $i</dev/null" || break; i=$((i+1)); done; echo $i')
  assert.ok(['failed', 'completed'].includes(fds.outcome))
})

test('a stopped program still ends by the clock', async () => {
  const result = await sh('echo kept; kill -STOP $$', { limits: { time: 0.4 } })
  assert.equal(`${result.outcome} ${result.stdout}`, 'timeout kept\n')
})

test('the work dir taken away, and the interpreter\'s files with it', async () => {
  const result = await sh('cd /; rm -rf /work/* ; rmdir /work; echo $?; exit 0', {}, { settings: {} })
  assert.equal(result.outcome, 'completed')
  const instructions = { buildCommands: ['cd / && rm -rf /work'], runCommand: 'echo still' }
  assert.equal((await run({ files: [], runInstructions: instructions }, { settings: {} })).result.stdout, 'still\n')
})
