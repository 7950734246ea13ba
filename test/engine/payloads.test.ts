import t from 'tap'

import { dockerRun, needImages, startService, type File } from './kit.js'

const PYTHON = 'runonce/python:latest'
const LIST = `
import os
for top, folders, files in os.walk('.'):
    for name in files:
        path = os.path.join(top, name)
        print(path, os.path.getsize(path))
`
/** A program that prints the code points of a file and of stdin, so that the encoding of the output cannot hide errors. */
const CODE_POINTS = `
import sys
print(*[hex(ord(c)) for c in open('text.txt', encoding='utf-8', newline='').read()])
print(*[hex(ord(c)) for c in sys.stdin.buffer.read().decode('utf-8')])
`
const ECHO = 'import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())\nsys.stderr.buffer.write(open("text.txt", "rb").read())'

const texts: Record<string, string> = {
  'every ASCII and control character': String.fromCharCode(...Array(128).keys()),
  'C1 controls and Latin-1': String.fromCharCode(...Array.from({ length: 128 }, (_, i) => 128 + i)),
  'all kinds of line ends': 'a\nb\r\nc\rd\u2028e\u2029f\u0085',
  'astral characters': '𝒳🦄👩‍👩‍👧‍👦🏳️‍🌈\u{10FFFF}',
  'combining characters': 'e\u0301 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢ 각 각',
  'right-to-left and invisible characters': 'שלום \u202Eabc\u202C \u200B\u200D\uFEFF\uFFFE\uFFFF\uFFFD',
  'text that looks like JSON': '"}\\n\\u0000{"stdout":"forged","stderr":"","error":""}\n'
}

void t.test('files of a program', async (t) => {
  await needImages('python')
  const service = await startService(t)
  const withMain = (...more: File[]) => [{ name: 'main.py', content: LIST }, ...more]

  const names: Record<string, string> = {
    'without content': 'empty.txt',
    'in a subfolder': 'a/b/c.txt',
    'with a unicode name': 'naïve – 日本語 🦄.txt',
    'with a space, a quote and a newline in its name': 'a b\'"\n.txt',
    'with a leading dash': '-rf',
    hidden: '.hidden/.file'
  }
  for (const [title, name] of Object.entries(names)) {
    await t.test(`a file ${title} is created, together with its folder`, async (t) => {
      const content = title === 'without content' ? '' : 'content'
      const { outcome, stdout } = await service.run('python', withMain({ name, content }))
      t.equal(outcome, 'completed')
      t.ok(stdout.includes(`./${name} ${content.length}\n`), stdout)
    })
  }

  await t.test('the last of two files with the same name is used', async (t) => {
    const files = [{ name: 'main.py', content: 'print(open("x").read())' }, { name: 'x', content: 'first, and longer' }, { name: 'x', content: 'last' }]
    t.match(await service.run('python', files), { stdout: 'last\n' })
  })

  await t.test('a main file in a subfolder runs in the work directory', async (t) => {
    const files = [{ name: 'src/main.py', content: 'import os\nprint(os.getcwd(), __file__)\nimport near' }, { name: 'src/near.py', content: 'print("near")' }]
    const { stdout, stderr } = await service.run('python', files)
    t.match(stdout, /^\/work \/?.*src\/main\.py\nnear\n$/, stderr)
  })

  await t.test('a file at the path of a required folder is invalid', async (t) => {
    const files = withMain({ name: 'a', content: '' }, { name: 'a/b', content: '' })
    t.match(await service.run('python', files), { outcome: 'invalid', error: /./ })
  })

  for (const [title, text] of Object.entries(texts)) {
    await t.test(`${title} are unchanged in files, stdin, stdout and stderr`, async (t) => {
      const codePoints = [...text].map((c) => `0x${c.codePointAt(0)?.toString(16)}`).join(' ')
      const file = { name: 'text.txt', content: text }
      const seen = await service.run('python', [{ name: 'main.py', content: CODE_POINTS }, file], { stdin: text })
      t.equal(seen.stdout, `${codePoints}\n${codePoints}\n`, seen.stderr)
      const echoed = await service.run('python', [{ name: 'main.py', content: ECHO }, file], { stdin: text })
      t.equal(echoed.stdout, text)
      t.equal(echoed.stderr, text)
    })
  }
})

void t.test('fields of a payload', async (t) => {
  const service = await startService(t)
  const file = { name: 'main.py', content: 'import os, sys\nprint(sys.argv[1:], os.environ.get("COLOUR"), sys.stdin.read())' }

  await t.test('glot\'s first version: language, files, stdin', async (t) => {
    t.match(await service.run('python', [file], { language: 'python', stdin: 'in' }), { stdout: '[] None in\n', error: '' })
  })

  await t.test('glot\'s first version: an alias of the language', async (t) => {
    t.match(await service.run('python', [file], { language: 'py', stdin: '' }), { stdout: '[] None \n' })
  })

  await t.test('glot\'s first version: command', async (t) => {
    t.match(await service.run('python', [file], { command: 'echo "$((6 * 7))" && ls && cat', stdin: 'in' }), { stdout: '42\nmain.py\nin' })
  })

  await t.test('glot\'s second version: build and run commands', async (t) => {
    const runInstructions = { buildCommands: ['echo one > built', 'echo two >> built'], runCommand: 'cat built; pwd' }
    const result = await service.run('python', [file], { runInstructions, stdin: null })
    t.match(result, { stdout: 'one\ntwo\n/work\n', outcome: 'completed', build: { exitCode: 0, stdout: '', stderr: '' } })
  })

  await t.test('warnings of a successful build are reported separately from the run', async (t) => {
    const runInstructions = { buildCommands: ['echo note; echo warning >&2'], runCommand: 'echo ran' }
    t.match(await service.run('python', [file], { runInstructions }), { stdout: 'ran\n', stderr: '', build: { stdout: 'note\n', stderr: 'warning\n' } })
  })

  await t.test('a command without files, as glot uses for version requests', async (t) => {
    t.match(await service.run('python', [], { runInstructions: { buildCommands: [], runCommand: 'python3 --version' } }), { stdout: /^Python 3\.\d+/, outcome: 'completed' })
    t.match(await service.run('python', [], { command: 'python3 --version' }), { stdout: /^Python 3\.\d+/, outcome: 'completed' })
  })

  await t.test('command overrides runInstructions', async (t) => {
    const runInstructions = { buildCommands: ['false'], runCommand: 'echo second' }
    t.match(await service.run('python', [file], { command: 'echo first', runInstructions }), { stdout: 'first\n', outcome: 'completed' })
  })

  await t.test('null and empty values count as absent', async (t) => {
    t.match(await service.run('python', [file], { stdin: null, command: '', language: null, runInstructions: null }), { stdout: '[] None \n' })
  })

  await t.test('args and env', async (t) => {
    const args = ['a b', '', '-x', '"é"', '$HOME', '*']
    t.match(await service.run('python', [file], { args, env: { COLOUR: 'blå = blue' } }), { stdout: '[\'a b\', \'\', \'-x\', \'"é"\', \'$HOME\', \'*\'] blå = blue \n' })
  })

  await t.test('unknown fields are ignored', async (t) => {
    t.match(await service.run('python', [file], { colour: { deep: [1] } }), { outcome: 'completed' })
  })
})

void t.test('plain docker run -i', async (t) => {
  const hello = { files: [{ name: 'main.py', content: 'print("hello")' }] }

  const payloads: Record<string, string> = {
    'a payload on one line': JSON.stringify(hello),
    'a pretty-printed payload with a trailing newline': `${JSON.stringify(hello, null, 2)}\n`,
    'a payload surrounded by white space': ` \n\t${JSON.stringify(hello)} \r\n`,
    'a payload followed by other text': `${JSON.stringify(hello)} and more`
  }
  for (const [title, payload] of Object.entries(payloads)) {
    for (const halfClose of [true, false]) {
      await t.test(`${title}, stdin ${halfClose ? 'closed' : 'open'}`, async (t) => {
        const { stdout, stderr, exitCode, result } = await dockerRun(PYTHON, payload, { halfClose })
        t.match(result, { stdout: 'hello\n', outcome: 'completed' })
        t.ok(stdout.toString().endsWith('}\n'), 'one object, then a newline')
        t.equal(stdout.toString().trim().split('\n').length, 1)
        t.equal(stderr.length, 0)
        t.equal(exitCode, 0)
      })
    }
  }

  const invalid: Record<string, string> = {
    'no input': '',
    'no JSON': 'print("hello")',
    'incomplete JSON': '{"files": [{"name": "main.py",',
    'a JSON list': '[]',
    'no files': '{}',
    'files with the wrong type': '{"files": "main.py"}',
    'a file without content': '{"files": [{"name": "main.py"}]}',
    'a file name that leads out of the work directory': '{"files": [{"name": "../x", "content": ""}]}',
    'a file name that leads out of the work directory from a subfolder': '{"files": [{"name": "a/../../x", "content": ""}]}',
    'an absolute file name': '{"files": [{"name": "/tmp/x", "content": ""}]}',
    'an empty file name': '{"files": [{"name": "", "content": ""}]}',
    'a NUL in a file name': '{"files": [{"name": "a\\u0000b", "content": ""}]}',
    'a file name longer than the file system allows': `{"files": [{"name": "${'x'.repeat(256)}", "content": ""}]}`,
    'stdin with the wrong type': '{"files": [{"name": "main.py", "content": ""}], "stdin": 1}',
    'an unknown language': '{"language": "klingon", "files": [{"name": "main.py", "content": ""}]}'
  }
  for (const [title, payload] of Object.entries(invalid)) {
    await t.test(`${title} produces a result with the outcome invalid`, async (t) => {
      const { result, stderr } = await dockerRun(PYTHON, payload)
      t.match(result, { outcome: 'invalid', stdout: '', error: /./ })
      t.equal(stderr.length, 0)
    })
  }
})
