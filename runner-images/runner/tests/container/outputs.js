// Files that a run returns, and files that it gets as base64.
import { createHash, randomBytes } from 'node:crypto'

import t from 'tap'

import { run, sh, STRICT } from './kit.js'

const MIB = 1024 * 1024
const sha256 = (/** @type {Buffer} */ bytes) => createHash('sha256').update(bytes).digest('hex')

void t.test('8 MiB of binary data come back byte for byte', { buffered: true }, async (t) => {
  const bytes = randomBytes(8 * MIB)
  const { result } = await run({
    files: [{ name: 'main.sh', content: 'mkdir -p out/deep; cp data.png out/deep/copy.png; sha256sum data.png' }, { name: 'data.png', content: bytes.toString('base64'), encoding: 'base64' }],
    outputs: ['out/**']
  })
  t.equal(result.stdout, `${sha256(bytes)}  data.png\n`)
  t.match(result.files, [{ name: 'out/deep/copy.png', encoding: 'base64', size: 8 * MIB, truncated: false }])
  t.equal(sha256(Buffer.from(result.files[0].content, 'base64')), sha256(bytes))
  t.equal(Object.keys(result).at(-1), 'files')
})

void t.test('no link, FIFO, socket, sparse file or folder is read', { buffered: true }, async (t) => {
  const result = await sh('ln -s /etc/passwd link; ln -s /etc folder; mkfifo fifo; truncate -s 1G sparse; mkdir d; chmod 000 d; perl -MIO::Socket::UNIX -e \'IO::Socket::UNIX->new(Local => "socket", Listen => 1)\'; echo text > file', { outputs: ['*', 'folder/passwd', 'd'] })
  t.strictSame(result.files.map((/** @type {any} */ { name, size, truncated, error }) => [name, size, truncated, error]), [
    ['d', 0, true, 'not a regular file (directory)'],
    ['fifo', 0, true, 'not a regular file (FIFO)'],
    ['file', 5, false, undefined],
    ['folder', 0, true, 'not a regular file (symbolic link)'],
    ['link', 0, true, 'not a regular file (symbolic link)'],
    ['main.sh', result.files[5].size, false, undefined],
    ['socket', 0, true, 'not a regular file (socket)'],
    ['sparse', 1024 * MIB, true, undefined]
  ])
})

void t.test('a process that replaces files by links is killed before the files are read', { buffered: true }, async (t) => {
  const result = await sh('echo mine > file; (trap "" HUP TERM; while :; do ln -sf /etc/passwd file; rm file; echo mine > file; done) > /dev/null 2>&1 & sleep 0.2; exit 3', { outputs: ['file'] })
  t.equal(result.exitCode, 3)
  t.notMatch(JSON.stringify(result.files), 'root:')
})

void t.test('files are returned even if the program has used up all memory', { buffered: true }, async (t) => {
  const settings = { ...STRICT, tmpfs: { '/work': 'rw,exec,mode=1777,size=200m', '/tmp': 'rw,mode=1777,size=200m' }, memoryMib: 64 }
  const result = await sh('head -c 1m /dev/zero > first; head -c 200m /dev/zero > second; head -c 200m /dev/zero > /tmp/third', { outputs: ['first', 'second'] }, { settings })
  t.match(result.files, [{ name: 'first', size: MIB, truncated: false }])
})

void t.test('the limits apply to all cases together, and each case returns its own files', { buffered: true }, async (t) => {
  const { result } = await run({
    files: [{ name: 'main.sh', content: 'echo "$1" > "$1"; echo changed > kept' }, { name: 'kept', content: 'kept' }],
    cases: [{ args: ['a'] }, { args: ['b'] }, { args: ['c'] }],
    outputs: ['?', 'kept']
  }, { env: { RUNONCE_OUTPUT_FILES: '5' } })
  t.strictSame(result.cases.map((/** @type {any} */ one) => one.files.map((/** @type {any} */ { name, content }) => [name, content])), [
    [['a', 'a\n'], ['kept', 'changed\n']], [['b', 'b\n'], ['kept', 'changed\n']], [['c', 'c\n'], ['kept', undefined]]
  ])
})
