import t, { type Test } from 'tap'

import { needImages, startService } from '../engine/kit.js'
import { attack } from './attack.js'

const LIMIT_SECONDS = 2

void t.test('a program cannot outlive its run or starve the next', async (t) => {
  await needImages('python', 'c', 'bash')
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: String(LIMIT_SECONDS) } })
  const endsInTime = (t: Test, duration: number) => {
    t.ok(duration > (LIMIT_SECONDS - 0.1) * 1e9 && duration < (LIMIT_SECONDS + 1) * 1e9, `${duration} ns`)
  }

  await t.test('a daemonised grandchild that holds stdout delays nothing and is ended', async (t) => {
    const result = await attack(t, service, 'daemon.py')
    t.match(result, { outcome: 'completed', stdout: 'grandchild\ndone\n' })
    t.ok(result.duration < 1.5e9, `${result.duration} ns`)
  })

  await t.test('a program that closes its streams is waited for', async (t) => {
    const result = await attack(t, service, 'closed-streams.py')
    t.match(result, { outcome: 'failed', exitCode: 5, stdout: 'before' })
    t.ok(result.duration >= 0.3e9, `${result.duration} ns`)
  })

  await t.test('one that ignores and blocks every signal ends at the time limit', async (t) => {
    const result = await attack(t, service, 'unkillable.py')
    t.match(result, { outcome: 'timeout', stdout: 'before\n' })
    endsInTime(t, result.duration)
  })

  await t.test('one that stops itself ends at the time limit', async (t) => {
    const result = await attack(t, service, 'stopped.py')
    t.match(result, { outcome: 'timeout', stdout: 'before\n' })
    endsInTime(t, result.duration)
  })

  await t.test('a core dump of 100 MB is a signal', async (t) => {
    t.match(await attack(t, service, 'core-dump.c'), { outcome: 'signaled', signal: 'SIGABRT', stdout: 'before\n' })
  })

  await t.test('descriptors run out at the limit', async (t) => {
    const { outcome, stdout } = await attack(t, service, 'descriptors.py')
    t.equal(outcome, 'completed')
    const [, held] = /^(\d+) Too many open files\n$/.exec(stdout) ?? []
    t.ok(Number(held) > 1000 && Number(held) < 1024, stdout)
  })

  await t.test('endless output on both streams ends at the output limit', async (t) => {
    const result = await attack(t, service, 'endless-output.c')
    t.match(result, { outcome: 'output_limit' })
    t.equal(result.stdout.length + result.stderr.length, 1_048_576)
  })

  await t.test('a fork bomb ends at the time limit', async (t) => {
    const result = await attack(t, service, 'fork-bomb.py')
    t.equal(result.outcome, 'timeout')
    t.match(result.stdout, /^before\n/)
    endsInTime(t, result.duration)
  })

  await t.test('the shell\'s fork bomb ends', async (t) => {
    const result = await attack(t, service, 'fork-bomb.sh')
    t.match(result.stdout, /^before\n/)
    t.ok(['completed', 'failed', 'timeout', 'output_limit'].includes(result.outcome), result.outcome)
  })

  await t.test('three hundred orphans are buried', async (t) => {
    t.match(await attack(t, service, 'orphans.py'), { outcome: 'completed', stdout: 'all gone\n' })
  })

  await t.test('sixteen processes that take all memory are out of memory, or out of time while the kernel ends them one by one', async (t) => {
    const result = await attack(t, service, 'memory-hog.c')
    t.ok(['out_of_memory', 'timeout'].includes(result.outcome), result.outcome)
    t.match(result.stdout, /^before\n/)
  })

  await t.test('full file systems and no memory: out of memory', async (t) => {
    t.match(await attack(t, service, 'full-tmpfs.py'), { outcome: 'out_of_memory' })
  })
})
