import path from 'node:path'

import t from 'tap'

import { readExamples, resultErrors, type Case, type Result } from '../../../../tools/images/examples.js'
import { readLanguage, type Example } from '../../../../tools/images/language.js'

const PLAIN = { name: 'lua', main: 'main.lua', version: 'lua -v', run: ['lua', '{main}'] }
const PROGRAMS = {
  'stdin.lua': 'stdin', 'exit.lua': 'exit', 'broken.lua': 'broken', 'stderr.lua': 'stderr', two: { 'a.lua': 'a', 'main.lua': 'm', lib: { 'b.lua': 'b' } }
}
const BROKEN = { message: 'main.lua:1' }

interface Folder { programs?: object, examples?: Record<string, Example> }

async function read (t: { testdir: (files: never) => string }, { programs = PROGRAMS, examples = { broken: BROKEN } }: Folder) {
  const dir = t.testdir({ lua: { 'language.json': JSON.stringify({ ...PLAIN, examples }), 'hello.lua': 'hello', examples: programs } } as never)
  return await readExamples(await readLanguage(path.resolve(dir), 'lua'))
}

void t.test('creates payloads from the programs of a folder, with the main file first', async (t) => {
  const { cases, errors } = await read(t, {
    programs: { ...PROGRAMS, 'unicode.lua': 'u' },
    examples: {
      broken: BROKEN,
      unicode: { main: 'größe.lua', stdout: 'ü\n', args: ['a'] },
      glot: { runInstructions: { buildCommands: [], runCommand: 'lua main.lua' }, stdout: 'Hello World!\n' }
    }
  })
  t.same(errors, [])
  const payloads = Object.fromEntries(cases.map(({ name, payload }) => [name, payload]))
  t.same(Object.keys(payloads).sort(), ['broken', 'exit', 'glot', 'hello', 'stderr', 'stdin', 'two', 'unicode'])
  t.same(payloads.hello, { files: [{ name: 'main.lua', content: 'hello' }] })
  t.same(payloads.stdin, { files: [{ name: 'main.lua', content: 'stdin' }], stdin: 'Ada\n' })
  t.same(payloads.two?.files.map((file) => file.name), ['main.lua', 'a.lua', 'lib/b.lua'])
  t.same(payloads.unicode, { files: [{ name: 'größe.lua', content: 'u' }], args: ['a'] })
  t.match(payloads.glot, { files: [{ content: 'hello' }], runInstructions: { runCommand: 'lua main.lua' } }, 'an example without a program runs hello')
})

void t.test('reports missing programs, except those with a reason', async (t) => {
  const { 'exit.lua': _, ...without } = PROGRAMS
  t.same((await read(t, { programs: without })).errors, ['examples/exit: is missing, and language.json gives no reason'])
  t.same((await read(t, { programs: without, examples: { broken: BROKEN, exit: { without: 'it always exits with 0' } } })).errors, [])
  t.same((await read(t, { examples: { broken: BROKEN, exit: { without: 'it always exits with 0' } } })).errors,
    ['examples/exit: exists, but language.json gives a reason for its absence'])
  t.same((await read(t, { examples: {} })).errors, ['examples.broken: is missing in language.json'])
  t.same((await read(t, { programs: { ...PROGRAMS, 'more.lua': 'x' } })).errors, ['examples.more: is missing in language.json'])
  t.same((await read(t, { programs: { ...PROGRAMS, two: { 'a.lua': 'a', 'b.lua': 'b' } } })).errors, ['examples/two: has no main.lua'])
  t.same((await read(t, { programs: { ...PROGRAMS, two: { 'main.lua': 'a' } } })).errors, ['examples/two: must have more than one file'])
  t.equal((await read(t, { programs: {} })).errors.length, 5, 'no examples')
})

const COMPLETED = { stdout: '', stderr: '', error: '', exitCode: 0, outcome: 'completed' }
const BUILD_FAILED = { stdout: '', stderr: 'main.lua:1: no', error: 'Exit code: 1', exitCode: null, outcome: 'build_failed' }
const results: Array<[string, Example, Partial<Result>, RegExp | undefined]> = [
  ['hello', {}, { stdout: 'Hello World!\n' }, undefined],
  ['hello', {}, { stdout: 'Hello World!' }, undefined],
  ['hello', {}, { stdout: 'Hello World!\n\n' }, /^stdout is/],
  ['hello', {}, { stdout: 'Hello World!', stderr: 'warning' }, /^stderr is "warning", not ""$/],
  ['x', { stdout: '1\n' }, { stdout: '2\n' }, /^stdout is "2\\n", not "1\\n"$/],
  ['x', { stdout: '1\n', stderr: 'note\n' }, { stdout: '1\n', stderr: 'note\n' }, undefined],
  ['exit', { exitCode: 3 }, { exitCode: 3, error: 'Exit code: 3', outcome: 'failed' }, undefined],
  ['exit', { exitCode: 3 }, { exitCode: 4, error: 'Exit code: 3', outcome: 'failed' }, /^exitCode is 4, not 3$/],
  ['exit', { exitCode: 3 }, { exitCode: 3, error: 'Killed', outcome: 'failed' }, /^error is "Killed", not "Exit code: 3"$/],
  ['exit', { exitCode: 3 }, { exitCode: 3, error: 'Exit code: 3', outcome: 'timeout' }, /^outcome is "timeout", not "failed"$/],
  ['x', { outcome: 'signaled', error: 'Killed by signal SIGFPE' }, { stderr: 'why', error: 'Killed by signal SIGFPE', exitCode: null, outcome: 'signaled' }, undefined],
  ['x', { outcome: 'signaled', error: 'Killed by signal SIGFPE' }, { error: 'Killed by signal SIGILL', exitCode: null, outcome: 'signaled' }, /^error is/],
  ['stdin', {}, { outcome: 'timeout' }, /^outcome is "timeout", not "completed"$/],
  ['broken', BROKEN, BUILD_FAILED, undefined],
  ['broken', BROKEN, { ...BUILD_FAILED, outcome: 'failed', stdout: 'main.lua:1', stderr: '' }, undefined],
  ['broken', { ...BROKEN, outcome: 'build_failed' }, { ...BUILD_FAILED, outcome: 'failed' }, /^outcome is "failed", not "build_failed"$/],
  ['broken', BROKEN, { ...BUILD_FAILED, outcome: 'completed' }, /^outcome is "completed", not "build_failed or failed"$/],
  ['broken', BROKEN, { ...BUILD_FAILED, stderr: 'no' }, /^neither stdout nor stderr contains "main.lua:1": "no"$/],
  ['broken', BROKEN, { ...BUILD_FAILED, stderr: '/opt/runonce/x: main.lua:1' }, /^the output contains a path of the image's own files/]
]
for (const [name, expected, result, error] of results) {
  void t.test(`${name}, expected ${JSON.stringify(expected)}, got ${JSON.stringify(result)}`, async (t) => {
    const example: Case = { name, expected, payload: { files: [] } }
    const errors = resultErrors(example, { ...COMPLETED, ...result })
    if (error === undefined) return t.same(errors, [])
    t.equal(errors.length, 1, errors.join('; '))
    t.match(errors[0], error)
  })
}
