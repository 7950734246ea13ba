import { chmod, mkdir, rename, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'

import t from 'tap'

import { resolvePackage } from '../../../../tools/images/artifacts.js'
import { cacheDir } from '../../../../tools/lib/cache.js'
import { imageDigest, runnerFiles } from '../../../../tools/images/image-digest.js'
import { readEvents } from '../../../../tools/images/read-events.js'
import { imageLabels, versionNumber } from '../../../../tools/images/image-labels.js'
import { Progress } from '../../../../tools/images/progress.js'
import { selectLanguages } from '../../../../tools/images/select-languages.js'

void t.test('selects each named language once; an error suggests names similar to an unknown name', async (t) => {
  const known = ['c', 'java', 'javascript', 'python', 'ruby']
  t.same(selectLanguages([], known), known)
  t.same(selectLanguages(['python', 'c', 'python'], known), ['c', 'python'])
  t.throws(() => selectLanguages(['c', 'pyton'], known), /Unknown language "pyton"\. Did you mean python/)
})

void t.test('the version is the first number on the first line', async (t) => {
  const lines: Array<[string, string]> = [
    ['Python 3.13.5\n', '3.13.5'], ['v24.21.0\n', '24.21.0'], ['go version go1.24.4 linux/amd64', '1.24.4'],
    ['ruby 3.3.8 (2025-04-09 revision b200bad6cd) [x86_64-linux-gnu]', '3.3.8'], ['GNU bash, version 5.2.37(1)-release', '5.2.37'],
    ['openjdk 25 2025-09-16\nOpenJDK Runtime 1.2', '25'], ['cat (GNU coreutils) 9.7\n1.1', '9.7'], ['none', ''], ['', '']
  ]
  for (const [output, version] of lines) t.equal(versionNumber(output), version)
})

void t.test('the labels have the values that the service reads', async (t) => {
  const language = { name: 'lua', main: 'main.lua', version: 'lua -v', run: ['lua'], aliases: ['l', 'moon'], listed: ['moon'] }
  const found = { version: '5.4', hello: 'print("Hello World!")\n', digest: 'd' }
  t.same(imageLabels(language, found), {
    'runonce.protocol': '2',
    'runonce.language': 'lua',
    'runonce.aliases': 'l moon',
    'runonce.listed': 'moon',
    'runonce.version': '5.4',
    'runonce.main': 'main.lua',
    'runonce.hello': 'print("Hello World!")\n',
    'runonce.resizable': 'true',
    'runonce.builds': 'false',
    'runonce.interactive': 'false',
    'runonce.digest': 'd'
  })
  t.match(imageLabels({ ...language, build: [['make']], memory: 5, processes: 6, fixedHeap: true, interactive: true }, found),
    { 'runonce.memory': '5', 'runonce.processes': '6', 'runonce.resizable': 'false', 'runonce.builds': 'true', 'runonce.interactive': 'true' })
})

void t.test('resolves a package for an architecture', async (t) => {
  const entry = { name: '@s/tool-linux-{arch}', version: '1.0.0', integrity: { x64: 'i' } }
  t.match(resolvePackage(entry, 'x64'), { name: '@s/tool-linux-x64', folder: 'tool-linux', integrity: 'i' })
  t.throws(() => resolvePackage(entry, 'arm64'), /no integrity for arm64/)
  t.match(resolvePackage({ name: '@types/node', version: '1.0.0', integrity: 'j' }, 'arm64'), { folder: 'node', integrity: 'j' })
})

void t.test('the cache is under XDG_CACHE_HOME if the variable is an absolute path', async (t) => {
  t.intercept(process, 'env', { value: { ...process.env, XDG_CACHE_HOME: '/tmp/cache' } })
  t.equal(cacheDir(), '/tmp/cache/runonce')
  process.env['XDG_CACHE_HOME'] = 'relative'
  t.match(cacheDir(), /\.cache\/runonce$/)
})

void t.test('the digest depends only on the files of an image', async (t) => {
  const imagesDir = t.testdir({
    Dockerfile: 'FROM x',
    runner: { 'main.c': 'int main;', tests: { 'a.c': 'a' }, out: { runner: 'binary' }, vendor: { 'y.c': 'y' } },
    'packages.sh': 'apt-get',
    'any-name': 'ln',
    shared: { jvm: { 'setup.sh': 'true', 'README.md': 'x' }, moon: { 'setup.sh': 'true' } },
    languages: {
      lua: { 'language.json': '{"shared":["jvm"]}', warm: { 'w.lua': 'w' }, examples: { 'stdin.lua': 'a' } },
      other: { 'language.json': '{}' }
    }
  })
  const parts = { imagesDir, name: 'lua', base: 'sha256:1', arch: 'x64' }
  const first = await imageDigest(parts)
  t.match(first, /^[0-9a-f]{64}$/)
  t.same(await runnerFiles(imagesDir), ['runner/main.c', 'runner/vendor/y.c'])
  const write = async (file: string, text: string) => await writeFile(path.join(imagesDir, file), text)

  await write('runner/tests/a.c', 'b')
  await write('runner/out/runner', 'other')
  await write('languages/other/language.json', '{"a":1}')
  await write('languages/lua/examples/stdin.lua', 'b')
  await write('languages/lua/language.json', '{"shared": ["jvm"],\n"glot": "moon", "first": true, "examples": {"exit": {"exitCode": 4}}}')
  await write('shared/jvm/README.md', 'y')
  await write('shared/moon/setup.sh', 'false')
  await utimes(path.join(imagesDir, 'Dockerfile'), 1, 1)
  t.equal(await imageDigest(parts), first, 'tests, outputs, examples, files that only the host reads, other languages and timestamps have no effect')

  const seen = new Set([first])
  const changed = async (title: string, more = {}) => {
    const digest = await imageDigest({ ...parts, ...more })
    t.notOk(seen.has(digest), title)
    seen.add(digest)
  }
  await changed('base image', { base: 'sha256:2' })
  await changed('architecture', { arch: 'arm64' })
  const edits: Array<[string, string, string]> = [
    ['the recipe', 'Dockerfile', 'FROM y'],
    ['the runner', 'runner/main.c', 'int x;'],
    ['the script for Debian packages', 'packages.sh', 'dpkg'],
    ['the script for main files', 'any-name', 'cp'],
    ['a shared folder', 'shared/jvm/setup.sh', 'false'],
    ['a field in the image', 'languages/lua/language.json', '{"shared":["jvm"],"memory":1}'],
    ['a file in a subfolder of the language', 'languages/lua/warm/w.lua', 'v']
  ]
  for (const [title, file, content] of edits) {
    await write(file, content)
    await changed(title)
  }
  await rename(path.join(imagesDir, 'languages/lua/warm/w.lua'), path.join(imagesDir, 'languages/lua/warm/v.lua'))
  await changed('a file\'s name')
  await chmod(path.join(imagesDir, 'languages/lua/warm/v.lua'), 0o755)
  await changed('a file that becomes executable')
  await mkdir(path.join(imagesDir, 'languages/lua/empty'))
  t.ok(seen.has(await imageDigest(parts)), 'an empty folder has no effect')
})

void t.test('reads the engine\'s events across chunks, and throws its errors', async (t) => {
  const bytes = Buffer.from('{"stream":"grün"}\r\n\n{"aux":{"ID":"sha256:1"}}')
  for (let at = 1; at < bytes.length; at++) {
    const seen: unknown[] = []
    await readEvents(Readable.from([bytes.subarray(0, at), bytes.subarray(at)]), (event) => seen.push(event))
    t.same(seen, [{ stream: 'grün' }, { aux: { ID: 'sha256:1' } }])
  }
  await t.rejects(readEvents(Readable.from(['{"errorDetail":{"message":"exit 1"},"error":"short"}\n'])), { message: 'exit 1' })
  await t.rejects(readEvents(Readable.from(['{"error":"short"}'])), { message: 'short' })
})

void t.test('without a terminal, each step prints a line, and a long step repeats the line', async (t) => {
  let clock = 0
  let text = ''
  const progress = new Progress({ write: (chunk: string) => { text += chunk } }, () => clock)
  progress.step('java', '1/2 RUN  apt')
  clock = 19_000
  progress.tick()
  clock = 21_000
  progress.tick()
  progress.done('java', 'built 25')
  t.same(text.split('\n').map((line) => line.replace(/ +/g, ' ')), ['java 0 s 1/2 RUN apt', 'java 21 s 1/2 RUN apt', 'java 21.0 s built 25', ''])
})

void t.test('on a terminal, redraws the lines of running builds within the width of the terminal', async (t) => {
  let text = ''
  const progress = new Progress({ write: (chunk: string) => { text += chunk }, isTTY: true, columns: 40 }, () => 0)
  progress.step('c', 'x'.repeat(100))
  progress.step('go', 'y')
  text = ''
  progress.done('c', 'built 14')
  t.ok(text.startsWith('\u001b[2A\u001b[J'), 'both lines are erased')
  const lines = text.slice('\u001b[2A\u001b[J'.length).split('\n')
  t.match(lines[0], /^c +0\.0 s {2}built 14$/)
  t.match(lines[1], /^go +0 s {2}y$/)
  t.ok(lines.every((line) => line.length < 40))
})
