import t from 'tap'

import { needImages, startService } from './kit.js'
import { languages } from './programs.js'

const NAMES = [...Object.keys(languages), 'plaintext']

void t.test('every language', async (t) => {
  await needImages(...NAMES)
  const service = await startService(t)
  const { body } = await service.request('/api/languages?details=1', { token: null })
  const details = new Map<string, { image: string, hello: string, version: string }>(body.languages.map((one: { name: string }) => [one.name, one]))

  for (const name of NAMES) {
    await t.test(`${name} runs its own hello`, async (t) => {
      const { hello = '', version = '' } = details.get(name) ?? {}
      t.match(version, /^\d+(\.\d+)*/, 'and says its version')
      const result = await service.run(name, hello)
      t.match(result, { stdout: /^Hello World!\n?$/, stderr: '', error: '', outcome: 'completed', exitCode: 0 })
    })
  }

  for (const [name, { stdin, exit3, stderr, broken, twoFiles }] of Object.entries(languages)) {
    await t.test(`${name} reads stdin`, async (t) => {
      const result = await service.run(name, stdin, { stdin: 'grüße 🦄\n' })
      t.match(result, { stdout: 'grüße 🦄\n', error: '', outcome: 'completed' }, result.stderr)
    })

    await t.test(`${name} exits with 3`, async (t) => {
      t.match(await service.run(name, exit3), { error: 'Exit code: 3', exitCode: 3, outcome: 'failed' })
    })

    await t.test(`${name} writes to stderr`, async (t) => {
      t.match(await service.run(name, stderr), { stdout: '', stderr: 'oops\n', outcome: 'completed' })
    })

    await t.test(`${name} says in its own words what is wrong with a program, and names the file as given`, async (t) => {
      const result = await service.run(name, broken.code)
      t.equal(result.outcome, broken.builds ? 'build_failed' : 'failed')
      t.match(result.stdout + result.stderr, broken.message)
      t.notMatch(result.stdout + result.stderr, /runonce/, 'and no path of ours')
      if (broken.builds) {
        t.match((result.build?.stdout ?? '') + (result.build?.stderr ?? ''), broken.message)
        t.ok(result.build?.exitCode)
      } else {
        t.notOk('build' in result)
      }
    })

    await t.test(`${name} uses a second file`, async (t) => {
      const result = await service.run(name, twoFiles)
      t.match(result, { stdout: 'hello two\n', error: '', outcome: 'completed' }, result.stderr)
    })
  }

  await t.test('java takes a public class of any name, and one in a package, whatever the main file is called', async (t) => {
    for (const content of [
      'public class Zürich { public static void main(String[] args) { System.out.println("found"); } }',
      'package deep.inside;\npublic class Any { public static void main(String... args) { System.out.println("found"); } }',
      'class Helper {}\ninterface Other {}\npublic class Third { public static void main(final String[] args) { System.out.println("found"); } }'
    ]) {
      const result = await service.run('java', [{ name: 'program.java', content }])
      t.match(result, { stdout: 'found\n', outcome: 'completed' }, result.stderr)
    }
  })

  await t.test('a build\'s warning is beside the run, not in it', async (t) => {
    const result = await service.run('c', '#include <stdio.h>\nint main(void) { int unused; puts("ran"); return 0; }')
    t.match(result, { stdout: 'ran\n', stderr: '', outcome: 'completed', build: { exitCode: 0, stderr: /main\.c:2:\d+: warning: unused variable/ } })
  })

  await t.test('plaintext returns the bytes of the main file', async (t) => {
    const text = '<p>é &amp; 🦄</p>\r\n\tno newline at the end'
    t.match(await service.run('plaintext', text), { stdout: text, outcome: 'completed' })
  })
})

void t.test('what clients arrive with', async (t) => {
  const service = await startService(t)
  const root = '#include <math.h>\n#include <stdio.h>\nint main(int count, char **args) { (void)args; printf("%.0f\\n", sqrt(count * 16.0)); }\n'

  await t.test('a C and a C++ main file without a suffix', async (t) => {
    t.match(await service.run('c', [{ name: 'prog', content: root }], { args: ['a', 'b', 'c'] }), { stdout: '8\n', outcome: 'completed' })
    t.match(await service.run('cpp', [{ name: 'prog', content: '#include <iostream>\nint main() { std::cout << 7; }' }]), { stdout: '7', outcome: 'completed' })
  })

  await t.test('glot\'s build commands, which say clang and name the library first', async (t) => {
    const glot = (compiler: string, file: string) => ({ runInstructions: { buildCommands: [`${compiler} -o a.out -lm ${file}`], runCommand: './a.out' } })
    t.match(await service.run('c', root, glot('clang', 'main.c')), { stdout: '4\n', outcome: 'completed' })
    t.match(await service.run('cpp', root, glot('clang++', 'main.cpp')), { stdout: '4\n', outcome: 'completed' })
  })

  await t.test('plaintext with arguments is still its content', async (t) => {
    t.match(await service.run('plaintext', '<b>bold</b>', { args: ['--help'] }), { stdout: '<b>bold</b>', outcome: 'completed' })
  })
})
