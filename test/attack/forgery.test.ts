import t from 'tap'

import { buildImage, dockerRun, needImages, startService, submission } from '../engine/kit.js'
import { attack, WAITING } from './attack.js'

const programs: Array<[title: string, program: string, expected: object]> = [
  ['a perfect result on stdout is only output', 'forged-result.py',
    { outcome: 'failed', exitCode: 7, error: 'Exit code: 7', stdout: /^\{"stdout":"forged".*\}\n/, stderr: /^\{"stdout":"forged".*\}\n$/ }],
  ['the runner\'s descriptors, memory and environment are out of reach', 'proc-1-fd.py', { outcome: 'completed', stdout: '[]\n' }],
  ['ptrace, process_vm_writev, pidfd_getfd, prlimit and the scheduler\'s calls on the runner are refused', 'process-1.c', { outcome: 'completed', stdout: '0 succeeded\n' }],
  ['no signal to the runner has an effect', 'signals.py', { outcome: 'completed', stdout: 'before\nafter\n', exitCode: 0 }],
  ['a child that kills everybody ends the program, not the runner', 'kill-everybody.py', { outcome: 'signaled', signal: 'SIGKILL', stdout: 'before\n' }],
  ['death by SIGKILL is not called out of memory', 'exit-codes.py', { outcome: 'signaled', signal: 'SIGKILL', stdout: 'before\n' }]
]

void t.test('a program cannot speak for the runner', async (t) => {
  await needImages('python', 'c')
  const service = await startService(t)
  for (const [title, program, expected] of programs) {
    await t.test(title, async (t) => {
      t.match(await attack(t, service, program), expected)
    })
  }
})

void t.test('nor in a container that waited for it', async (t) => {
  const service = await startService(t, { env: WAITING })
  for (const [title, program, expected] of programs.filter(([, program]) => program.endsWith('.py'))) {
    await t.test(title, async (t) => {
      t.match(await attack(t, service, program, { waiting: true }), expected)
    })
  }
})

void t.test('files are written where the payload says, whatever lies there already', async (t) => {
  await t.test('a symlink named like the main file is not followed', async (t) => {
    const image = await buildImage(t, 'FROM runonce/python:latest\nRUN ln -s /tmp/elsewhere /work/main.py\n')
    const { result, stderr } = await dockerRun(image, submission('python', 'import os\nprint(os.path.lexists("/tmp/elsewhere"))').payload)
    t.match([['invalid', ''], ['completed', 'False\n']].find(([outcome]) => outcome === result.outcome)?.[1], result.stdout)
    t.equal(stderr.length, 0)
  })

  await t.test('nor one named like a sub-folder', async (t) => {
    const image = await buildImage(t, 'FROM runonce/python:latest\nRUN ln -s /tmp /work/sub\n')
    const { result } = await dockerRun(image, submission('python', [
      { name: 'main.py', content: 'import os\nprint(os.path.lexists("/tmp/x"))' },
      { name: 'sub/x', content: 'out' }
    ]).payload)
    t.ok(result.outcome === 'invalid' || result.stdout === 'False\n', JSON.stringify(result))
  })
})
