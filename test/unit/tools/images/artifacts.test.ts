import { createHash } from 'node:crypto'
import { access, constants, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { deflateRawSync } from 'node:zlib'

import t from 'tap'

import { pipArguments, putArtifacts } from '../../../../tools/images/artifacts.js'

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')

/** Returns a zip file with file modes, like a wheel. */
function zipOf (files: Record<string, { text: string, mode: number, method?: number }>): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let at = 0
  for (const [name, { text, mode, method = 8 }] of Object.entries(files)) {
    const content = method === 8 ? deflateRawSync(text) : Buffer.from(text)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50)
    local.writeUInt16LE(Buffer.byteLength(name), 26)
    locals.push(local, Buffer.from(name), content)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50)
    entry.writeUInt16LE(method, 10)
    entry.writeUInt32LE(content.length, 20)
    entry.writeUInt32LE(Buffer.byteLength(text), 24)
    entry.writeUInt16LE(Buffer.byteLength(name), 28)
    entry.writeUInt32LE(mode * 0x10000, 38)
    entry.writeUInt32LE(at, 42)
    entries.push(entry, Buffer.from(name))
    at += 30 + Buffer.byteLength(name) + content.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, directory, end])
}

/** Installs fake registry clients that write `content` to the requested folder and record their calls. */
async function withClients (t: Pick<typeof import('tap').t, 'testdir' | 'intercept'>, content: Buffer) {
  const dir = t.testdir({ bin: {}, cache: {}, into: {}, content })
  const script = (folder: string) => `#!/bin/sh\necho "$@" >> ${dir}/calls\n${folder}\ncp ${dir}/content "$into/file"\n`
  await writeFile(path.join(dir, 'bin/pip3'), script('while [ "$1" != --dest ]; do shift; done; into=$2'), { mode: 0o755 })
  await writeFile(path.join(dir, 'bin/mvn'), script('for word; do case $word in -DoutputDirectory=*) into=$(echo "$word" | cut -d= -f2);; esac; done'), { mode: 0o755 })
  t.intercept(process, 'env', { value: { ...process.env, XDG_CACHE_HOME: path.join(dir, 'cache'), PATH: `${dir}/bin:${process.env['PATH']}` } })
  const calls = async () => (await readFile(path.join(dir, 'calls'), 'utf8')).trimEnd().split('\n')
  return { dir, into: path.join(dir, 'into'), calls }
}

void t.test('fetches a wheel once, checks it and unpacks it with its file modes', async (t) => {
  const wheel = zipOf({
    'tool/bin': { text: '#!/bin/sh', mode: 0o100755 }, 'tool/lib/a.zig': { text: 'größe'.repeat(100), mode: 0o100644, method: 0 }, 'tool/library': { text: 'x', mode: 0o100644 }
  })
  const { into, calls } = await withClients(t, wheel)
  const pypi = [{ name: 'tool', version: '1.0', sha256: { x64: sha256(wheel) }, files: ['tool/bin', 'tool/lib'] }]
  await putArtifacts({ pypi }, 'x64', into)
  t.equal(await readFile(path.join(into, 'tool/tool/bin'), 'utf8'), '#!/bin/sh')
  await access(path.join(into, 'tool/tool/bin'), constants.X_OK)
  t.equal((await stat(path.join(into, 'tool/tool/lib/a.zig'))).mode & 0o111, 0)
  t.equal(await readFile(path.join(into, 'tool/tool/lib/a.zig'), 'utf8'), 'größe'.repeat(100))
  t.same((await readdir(path.join(into, 'tool/tool'))).sort(), ['bin', 'lib'], 'only the files to keep')
  await putArtifacts({ pypi }, 'x64', into)
  t.equal((await calls()).length, 1, 'the second call uses the cache')
  await t.rejects(putArtifacts({ pypi }, 'arm64', into), /tool==1\.0 has no sha256 for arm64/)
})

void t.test('stores a jar under its name and version, and rejects another artifact', async (t) => {
  const jar = Buffer.from('jar')
  const { into, calls } = await withClients(t, jar)
  await putArtifacts({ maven: [{ artifact: 'org.clojure:clojure:1.12.0', sha256: sha256(jar) }] }, 'x64', into)
  t.same(await readdir(path.join(into, 'maven')), ['clojure-1.12.0.jar'])
  t.match((await calls())[0], / -Dartifact=org\.clojure:clojure:1\.12\.0 /)
  await t.rejects(putArtifacts({ maven: [{ artifact: 'g:n:1', sha256: 'a'.repeat(64) }] }, 'x64', into),
    { message: `g:n:1 has the checksum ${sha256(jar)}, but language.json requires ${'a'.repeat(64)}` })
  t.same(await readdir(path.join(into, 'maven')), ['clojure-1.12.0.jar'])
})

void t.test('an error names the client that is missing or failed', async (t) => {
  const { dir, into } = await withClients(t, Buffer.from(''))
  const maven = [{ artifact: 'g:n:1', sha256: 'a'.repeat(64) }]
  await writeFile(path.join(dir, 'bin/mvn'), '#!/bin/sh\necho "[ERROR] no such artifact" >&2\nexit 1\n', { mode: 0o755 })
  await t.rejects(putArtifacts({ maven }, 'x64', into), { message: 'mvn cannot fetch g:n:1:\n[ERROR] no such artifact' })
  process.env['PATH'] = path.join(dir, 'into')
  await t.rejects(putArtifacts({ maven }, 'x64', into), { message: 'mvn is required to fetch g:n:1, but is not installed (Debian, Ubuntu: apt-get install maven)' })
  await t.rejects(putArtifacts({ pypi: [{ name: 'p', version: '1', sha256: 'a'.repeat(64) }] }, 'x64', into), /apt-get install python3-pip/)
})

void t.test('rejects a damaged wheel and a wheel with paths outside its folder', async (t) => {
  for (const [content, message] of [[Buffer.from('text'), /not a zip file/i], [zipOf({ '../x': { text: '', mode: 0 } }), /invalid relative path: \.\.\/x/]] as const) {
    const { into } = await withClients(t, content)
    await t.rejects(putArtifacts({ pypi: [{ name: 'p', version: '1', sha256: sha256(content) }] }, 'x64', into), { message })
  }
})

void t.test('requests wheels for Debian 13 and the architecture from pip', async (t) => {
  const args = pipArguments('p==1', 'arm64', '/d').join(' ')
  t.match(args, /--only-binary=:all: --python-version 3\.13 /)
  t.match(args, / --platform manylinux_2_17_aarch64 /)
  t.notMatch(args, /x86_64|manylinux_2_42/)
})
