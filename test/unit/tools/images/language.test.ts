import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

import t from 'tap'

import { readExamples } from '../../../../tools/images/examples.js'
import { languageErrors } from '../../../../tools/images/check-language.js'
import { LANGUAGES, listLanguages, readLanguage, readShared } from '../../../../tools/images/language.js'
import { registriesOf } from '../../../../tools/images/sets.js'

const INTEGRITY = `sha512-${'A'.repeat(86)}==`
const SHA256 = 'a'.repeat(64)
const plain = { name: 'lua', main: 'main.lua', version: 'lua -v', run: ['lua', '{main}'] }
const withNpm = (entry: object) => ({ ...plain, npm: [{ name: 'p', version: '1.0.0', integrity: INTEGRITY, ...entry }] })

void t.test('a valid description has no errors', async (t) => {
  t.same(languageErrors(plain, 'lua'), [])
  t.same(languageErrors({
    ...plain,
    aliases: ['l++'],
    listed: ['l++'],
    build: [['luac', '{main}']],
    warm: ['/usr/bin/warm'],
    env: { A: '' },
    packages: ['lua5.4', 'libstdc++6'],
    exclude: ['/usr/lib/*/x/*'],
    npm: [{ name: '@s/p-{arch}', version: '1.2.3', integrity: { x64: INTEGRITY, arm64: INTEGRITY }, files: ['bin'] }],
    pypi: [
      { name: 'ziglang', version: '0.13.0', sha256: { x64: SHA256, arm64: SHA256 }, files: ['ziglang/lib'] },
      { name: 'pure', version: '2024.1', sha256: SHA256 }
    ],
    maven: [{ artifact: 'org.clojure:clojure:1.12.0', sha256: SHA256 }],
    shared: ['jvm'],
    glot: 'moon',
    memory: 1,
    processes: 1,
    interactive: true,
    first: true,
    examples: { broken: { message: 'main.lua:1' }, exit: { without: 'the program always exits with 0' }, glot: { stdout: 'x', args: ['a'], exitCode: 0 } }
  }, 'lua'), [])
})

const wrong: Array<[string, unknown, RegExp]> = [
  ['a value that is not an object', [], /not a JSON object/],
  ['a missing field', { ...plain, run: undefined }, /^run: is missing; must be an argument list$/],
  ['an unknown field', { ...plain, alias: ['l'] }, /^alias: unknown field; the valid fields are name, /],
  ['an empty run command', { ...plain, run: [] }, /^run: must be an argument list, got \[\]$/],
  ['a run command that is a string', { ...plain, run: 'lua' }, /^run: must be/],
  ['an upper-case alias', { ...plain, aliases: ['Lua'] }, /^aliases: must be/],
  ['a listed name that is not an alias', { ...plain, listed: ['l'] }, /^listed: "l" is not one of the aliases$/],
  ['a build command that is not a list', { ...plain, build: ['make'] }, /^build: must be/],
  ['a package name that is an option', { ...plain, packages: ['-y'] }, /^packages: must be/],
  ['a path pattern with a space', { ...plain, exclude: ['/a b'] }, /^exclude: must be/],
  ['memory as a string', { ...plain, memory: '1' }, /^memory: must be a number of bytes, got "1"$/],
  ['a fractional number of processes', { ...plain, processes: 0.5 }, /^processes: must be/],
  ['a name that differs from the folder name', { ...plain, name: 'moon' }, /^name: is "moon", but the folder name is "lua"$/],
  ['an npm version range', withNpm({ version: '^1.0.0' }), /^npm\[0\]\.version: must be an exact version/],
  ['an npm package without integrity', withNpm({ integrity: undefined }), /^npm\[0\]\.integrity: is missing/],
  ['a sha1 integrity', withNpm({ integrity: 'sha1-AAAA' }), /^npm\[0\]\.integrity: must be a sha512/],
  ['a single integrity for two architectures', withNpm({ name: 'p-{arch}' }), /must have one value for each architecture/],
  ['two integrities for one package', withNpm({ integrity: { x64: INTEGRITY } }), /must be a string/],
  ['a wheel without checksum', { ...plain, pypi: [{ name: 'p', version: '1.0' }] }, /^pypi\[0\]\.sha256: is missing/],
  ['a jar without a group', { ...plain, maven: [{ artifact: 'clojure:1.12.0', sha256: SHA256 }] }, /^maven\[0\]\.artifact: must be group:name:version/],
  ['a shared folder outside shared/', { ...plain, shared: ['../lua'] }, /^shared: must be a list of folder names/],
  ['a broken example without the message of the language', { ...plain, examples: { broken: {} } }, /^examples\.broken\.message: is missing/],
  ['an additional example without its output', { ...plain, examples: { packages: { exitCode: 0 } } }, /^examples\.packages\.stdout: is missing/],
  ['an unknown expectation', { ...plain, examples: { stdin: { output: 'x' } } }, /^examples\.stdin\.output: unknown field/],
  ['a reason and an expectation', { ...plain, examples: { exit: { without: 'can\'t', exitCode: 1 } } }, /must not have other fields in addition to "without"/],
  ['a reason for an example that is not required', { ...plain, examples: { unicode: { without: 'can\'t' } } }, /this example is optional/]
]
for (const [title, value, message] of wrong) {
  void t.test(`reports ${title}`, async (t) => {
    const errors = languageErrors(value, 'lua')
    t.equal(errors.length, 1, errors.join('; '))
    t.match(errors[0], message)
  })
}

void t.test('every language of the repository is valid', async (t) => {
  const names = await listLanguages(LANGUAGES)
  t.ok(names.length >= 10)
  const taken = new Map<string, string>()
  const glots = new Map<string, string>()
  for (const name of names) {
    const folder = await readLanguage(LANGUAGES, name)
    const { language } = folder
    t.same((await readExamples(folder)).errors, [], `${name} has its examples`)
    await t.resolves(readShared(path.join(LANGUAGES, '..'), language.shared ?? []), `${name} has its shared folders`)
    const glot = language.glot ?? name
    t.equal(glots.get(glot), undefined, `only one language has the name of glot/${glot}`)
    glots.set(glot, name)
    for (const word of [name, ...language.aliases ?? []]) {
      t.equal(taken.get(word), undefined, `${word} is the name of only one language`)
      taken.set(word, name)
    }
  }
})

void t.test('an error names the folder without a hello program, or with invalid JSON', async (t) => {
  const dir = t.testdir({ lua: { 'language.json': JSON.stringify(plain) }, moon: { 'language.json': '{' } })
  await t.rejects(readLanguage(dir, 'lua'), /lua\/language\.json: the folder must have one hello\.\* program, but has 0/)
  await t.rejects(readLanguage(dir, 'moon'), /moon\/language\.json: /)
  await mkdir(path.join(dir, 'empty'))
  await writeFile(path.join(dir, 'README.md'), '')
  t.same(await listLanguages(dir), ['lua', 'moon'], 'a folder without language.json is ignored')
})

void t.test('the registries of a language\'s packages are known before its build', async (t) => {
  const dir = t.testdir({
    shared: { jvm: { 'shared.json': JSON.stringify({ maven: [{ artifact: 'g:n:1', sha256: SHA256 }], packages: ['openjdk'] }) }, plain: { 'a.c': '' } },
    languages: {
      lua: { 'language.json': JSON.stringify({ ...plain, shared: ['plain'] }), 'hello.lua': '' },
      moon: { 'language.json': JSON.stringify({ ...withNpm({}), name: 'moon', shared: ['plain', 'jvm'] }), 'hello.moon': '' },
      bad: { 'language.json': '{' }
    }
  })
  t.same(await registriesOf(dir, ['lua', 'bad']), [])
  t.same(await registriesOf(dir, ['lua', 'moon']), ['maven', 'npm'])
  t.match(await readShared(dir, ['plain', 'jvm']), { packages: ['openjdk'], npm: [], maven: [{ artifact: 'g:n:1' }] })
  await t.rejects(readShared(dir, ['nowhere']), { message: 'the folder shared/nowhere does not exist' })
  await writeFile(path.join(dir, 'shared/jvm/shared.json'), '{"run":["x"]}')
  await t.rejects(readShared(dir, ['jvm']), /shared\/jvm\/shared\.json: run: unknown field/)
})

void t.test('files are shared between languages instead of copied', async (t) => {
  const seen = new Map<string, string>()
  for (const home of ['languages', 'shared']) {
    for (const entry of await readdir(path.join(LANGUAGES, '..', home), { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name)
      if (!entry.isFile() || /\/examples\/|\/hello\.[^/]*$/.test(file)) continue
      const content = await readFile(file, 'utf8')
      t.equal(seen.get(content), undefined, `${path.relative(LANGUAGES, file)} is not a copy`)
      if (content !== '') seen.set(content, path.relative(LANGUAGES, file))
    }
  }
})
