import t from 'tap'

import { buildImage, dockerRun, needImages, startService, submission, type DockerRunOptions, type File } from '../engine/kit.js'
import { SETTINGS } from './attack.js'
import { cleanProgram } from './clean.js'
import { runtime } from './trial.js'

const PYTHON = 'runonce/python:latest'
const MAIN = { name: 'main.py', content: 'import os\nprint(sorted(os.listdir(".")), os.path.lexists("/tmp/x"))' }
/** Errors of a rejected file name. gVisor allows access to the runner's /proc folder, in which the streams are sockets: open(2) returns ENXIO. */
const REFUSED = runtime === 'runsc' ? /Permission denied|No such device or address/ : /Permission denied/
const UNTOUCHED = "['main.py'] False\n"
const inRuntime: DockerRunOptions = runtime === undefined ? {} : { settings: { HostConfig: { Runtime: runtime } } }

const refused: Record<string, string | File[]> = {
  'leads out of the work directory': '../x',
  'leads out of a subfolder': 'a/b/../../../tmp/x',
  'up within': 'a/../main.py',
  'two dots': '..',
  absolute: '/tmp/x',
  'absolute, with many slashes': '///tmp/x',
  'of a file of the runner': '/usr/local/bin/runner',
  empty: '',
  'with a NUL': 'x\0.py',
  'longer than the file system allows': 'x'.repeat(256),
  'longer than the maximum path length': 'x/'.repeat(2500) + 'x',
  'in a folder that is a file': [MAIN, { name: 'x', content: '' }, { name: 'x/y', content: '' }],
  'of an existing folder': [MAIN, { name: 'x/y', content: '' }, { name: 'x', content: '' }]
}

/** Unusual but valid file names in the work directory. */
const taken = ['...', '.x', 'a//b', './z', 'x.', '-rf', '~', '$(id)', '`id`', '%s%n', 'x\ny', '\\..\\x', 'C:\\x', 'ａ／ｂ', '\u202Ex', 'CON', 'x'.repeat(255)]

void t.test(`a file name cannot refer to a file outside the work directory (runtime: ${runtime ?? 'the engine\'s'})`, async (t) => {
  await needImages('python', 'bash')
  const service = await startService(t, { env: SETTINGS })
  for (const [title, name] of Object.entries(refused)) {
    const files = typeof name === 'string' ? [MAIN, { name, content: 'out' }] : name
    await t.test(`${title}: rejected by the service or by the runner`, async (t) => {
      const { status, body } = await service.post('/run', { image: PYTHON, payload: { files } })
      const invalid = status === 400 ? body.error === 'request.invalid' : status === 200 && body.outcome === 'invalid'
      t.ok(invalid, `${status} ${JSON.stringify(body).slice(0, 300)}`)
    })
    await t.test(`${title}: rejected by the runner without the service`, async (t) => {
      const { result, stderr } = await dockerRun(PYTHON, { files }, inRuntime)
      t.match(result, { outcome: 'invalid', stdout: '', stderr: '' })
      t.equal(stderr.length, 0)
    })
  }

  await t.test('a main file with such a name is rejected', async (t) => {
    for (const name of ['../main.py', '/tmp/main.py', 'main.py/', '.']) {
      const { result } = await dockerRun(PYTHON, { files: [{ ...MAIN, name }] }, inRuntime)
      t.ok(result.outcome === 'invalid' || result.outcome === 'failed', `${name}: ${JSON.stringify(result)}`)
    }
  })

  await t.test('unusual file names work', async (t) => {
    const list = 'import os\nfor top, _, names in os.walk("."):\n    for name in names:\n        print(repr(os.path.relpath(os.path.join(top, name))))'
    const { outcome, stdout } = await service.run('python', [{ name: 'main.py', content: list }, ...taken.map((name) => ({ name, content: 'x' }))])
    t.equal(outcome, 'completed')
    t.equal(stdout.split('\n').length, taken.length + 2, 'all files, the main file, and the final newline')
  })

  await t.test('the next run is clean and correct', async (t) => {
    t.match(await service.run('python', cleanProgram('python')), { outcome: 'completed', stdout: 'clean 42\n' })
  })
})

void t.test('symbolic links in the image do not redirect files', async (t) => {
  t.setTimeout(240_000)
  const cases: Array<[title: string, link: string, files: File[]]> = [
    ['a symbolic link with the name of the main file', 'ln -s /tmp/x /work/main.py', [MAIN]],
    ['a symbolic link with the name of another file', 'ln -s /tmp/x /work/other', [MAIN, { name: 'other', content: 'out' }]],
    ['a symbolic link with the name of a directory', 'ln -s /tmp /work/sub', [MAIN, { name: 'sub/x', content: 'out' }]],
    ['a symbolic link to itself', 'ln -s main.py /work/main.py', [MAIN]]
  ]
  for (const [title, link, files] of cases) {
    await t.test(title, async (t) => {
      const image = await buildImage(t, `FROM ${PYTHON}\nRUN ${link}\n`)
      const { result, stderr } = await dockerRun(image, { files }, inRuntime)
      t.ok(result.outcome === 'invalid' || (result.outcome === 'completed' && result.stdout.endsWith(' False\n')), JSON.stringify(result))
      t.equal(stderr.length, 0)
    })
  }

  await t.test('a build command that links the main file to the files of the runner does not gain access', async (t) => {
    const service = await startService(t, { env: SETTINGS })
    for (const target of ['/proc/1/environ', '/proc/1/mem', '/proc/1/fd/0', '/proc/1/fd/1']) {
      const payload = { runInstructions: { buildCommands: [`ln -sf ${target} main.sh`], runCommand: 'cat main.sh; echo forged > main.sh; echo end' } }
      const { status, body } = await service.post('/run', submission('bash', 'echo x', payload))
      t.equal(status, 200)
      t.match(body, { outcome: 'completed', stdout: 'end\n', stderr: REFUSED }, target)
    }
  })

  await t.test('a background process of a build command does not affect the result', async (t) => {
    const service = await startService(t, { env: SETTINGS })
    const payload = { runInstructions: { buildCommands: ['(trap "" TERM HUP; sleep 0.3; echo late; while :; do echo late > main.sh; done) &'], runCommand: 'sleep 0.6; echo end' } }
    const { body } = await service.post('/run', submission('bash', 'echo x', payload))
    t.match(body, { outcome: 'completed', stdout: 'end\n' })
  })

  await t.test('without links, files have the expected content', async (t) => {
    t.match((await dockerRun(PYTHON, { files: [MAIN] }, inRuntime)).result, { outcome: 'completed', stdout: UNTOUCHED })
  })
})
