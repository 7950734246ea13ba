// Attacks of programs on the runner.
import t from 'tap'

import { endedAtLimit, run, sh } from './kit.js'

const program = (/** @type {string} */ name, more = {}, options = {}) => run({ files: [], command: `exec /programs/${name}`, ...more }, options)

for (const [who, options] of /** @type {const} */ ([['the service\'s user', {}], ['root', { settings: {} }]])) {
  void t.test(`the guard blocks every system call that would change process 1, as ${who}`, { buffered: true }, async (t) => {
    const { result } = await program('guard', {}, options)
    const lines = result.stdout.trim().split('\n')
    const [own, others] = [lines.filter((/** @type {string} */ line) => line.startsWith('own')), lines.filter((/** @type {string} */ line) => !line.startsWith('own'))]
    t.strictSame(own.filter((/** @type {string} */ line) => !line.endsWith(': done')), [])
    // Some kernels do not support x32. In this case, the calls fail without an effect.
    t.strictSame(others.filter((/** @type {string} */ line) => !line.endsWith(': EPERM') && !/x32: ENOSYS$/.test(line)), [])
    t.ok(others.length >= 22, result.stdout)
  })

  void t.test(`a program can't inspect process 1, as ${who}`, { buffered: true }, async (t) => {
    const { result } = await program('peek', {}, options)
    t.equal(result.stdout.match(/: (EPERM|EACCES)$/gm)?.length, 9, result.stdout)
  })
}

void t.test('a signal from a program to process 1 does not end the run', { buffered: true }, async (t) => {
  const { result } = await program('signals')
  t.equal(result.outcome, 'completed')
  t.match(result.stdout, /full\nstill there\n$/)
})

void t.test('a flood of signals does not delay the time limit', { buffered: true }, async (t) => {
  const { result } = await program('flood', { limits: { time: 0.8 } })
  t.equal(result.stdout, 'kept\n')
  endedAtLimit(t, result, 0.8)
})

void t.test('a result object that the program prints is treated as output', { buffered: true }, async (t) => {
  const forged = JSON.stringify({ stdout: 'forged', stderr: '', error: '', outcome: 'completed' })
  const result = await sh(`echo '${forged}'; echo '${forged}' > /proc/1/fd/1; echo '${forged}' >> /dev/console; exit 4`, {}, { settings: {} })
  t.equal(`${result.outcome} ${result.exitCode}`, 'failed 4')
  t.equal(result.stdout, `${forged}\n`)
})

void t.test('the output is kept when the tmpfs is full or all descriptors are in use', { buffered: true }, async (t) => {
  const full = await sh('echo kept; head -c 99999999 /dev/zero > big; echo $?; rm -rf /work/*', {}, {
    settings: { user: '10001', tmpfs: { '/work': 'mode=1777,size=4m' } }
  })
  t.equal(`${full.outcome} ${full.stdout}`, 'completed kept\n1\n')
  const fds = await sh('ulimit -n 16; i=3; while [ $i -lt 40 ]; do eval "exec $i</dev/null" || break; i=$((i+1)); done; echo $i')
  t.ok(['failed', 'completed'].includes(fds.outcome))
})

void t.test('a stopped program is killed at the time limit', { buffered: true }, async (t) => {
  const result = await sh('echo kept; kill -STOP $$', { limits: { time: 0.4 } })
  t.equal(result.stdout, 'kept\n')
  endedAtLimit(t, result, 0.4)
})

void t.test('a program or build may delete the work directory', { buffered: true }, async (t) => {
  const result = await sh('cd /; rm -rf /work/* ; rmdir /work; echo $?; exit 0', {}, { settings: {} })
  t.equal(result.outcome, 'completed')
  const instructions = { buildCommands: ['cd / && rm -rf /work'], runCommand: 'echo still' }
  t.equal((await run({ files: [], runInstructions: instructions }, { settings: {} })).result.stdout, 'still\n')
})
