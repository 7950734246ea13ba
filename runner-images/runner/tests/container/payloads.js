// Tests how the runner reads valid and invalid payloads.
import t from 'tap'

import { run, sh, start, until } from './kit.js'

const HELLO = { files: [{ name: 'main.sh', content: 'echo hi' }] }

void t.test('the payload ends at the end of its JSON value or at EOF', { buffered: true }, async (t) => {
  const pretty = JSON.stringify(HELLO, null, 2)
  for (const [text, open] of /** @type {const} */ ([[pretty, false], [`\n ${pretty}\n`, false], [pretty, true], [`${pretty}{"files":[]}`, true]])) {
    const { result } = await run(text, { open })
    t.equal(result.stdout, 'hi\n')
  }
})

void t.test('a payload may arrive one byte at a time', { buffered: true }, async (t) => {
  const { input, ended } = await start()
  for (const piece of JSON.stringify(HELLO)) {
    input.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { result } = await ended
  t.equal(result?.stdout, 'hi\n')
})

void t.test('an empty payload is invalid', { buffered: true }, async (t) => {
  for (const text of ['', ' \n\t']) {
    const { result } = await run(text)
    t.equal(`${result.outcome} ${result.error}`, 'invalid There is no payload')
  }
})

void t.test('files may be in folders, have Unicode names, be empty or contain NUL; the last of several files with the same name is used', { buffered: true }, async (t) => {
  const files = [
    { name: 'main.sh', content: 'cat sub/dir/ü.txt twice; wc -c < empty; od -An -c nul' },
    { name: 'sub/dir/ü.txt', content: 'ä😀\n' },
    { name: 'empty', content: '' },
    { name: 'twice', content: 'first, and longer\n' },
    { name: 'twice', content: 'second\n' },
    { name: 'nul', content: 'a\0b' }
  ]
  const { result } = await run({ files })
  t.match(result.stdout, /^ä😀\nsecond\n0\n +a +\\0 +b\n$/)
})

void t.test('a file that cannot be created is invalid, and the error names the file', { buffered: true }, async (t) => {
  const main = { name: 'main.sh', content: '' }
  for (const [name, error] of [['main.sh/x', /^files\[1\]\.name: Not a directory/], ['/etc/x', /^files\[1\]\.name: /], ['a'.repeat(300), /too long/]]) {
    const { result } = await run({ files: [main, { name, content: '' }] })
    t.equal(result.outcome, 'invalid')
    t.match(result.error, /** @type {RegExp} */ (error))
  }
  const full = await run({ files: [main, { name: 'big', content: 'x'.repeat(3e6) }] }, {
    settings: { tmpfs: { '/work': 'rw,size=1m' } }
  })
  t.equal(`${full.result.outcome} ${full.result.error}`, 'invalid files[1].content: No space left on device')
})

void t.test('glot V1: command replaces build and run, and overrides runInstructions', { buffered: true }, async (t) => {
  const { result } = await run({ ...HELLO, command: 'sh main.sh; echo $LANGUAGE_SET $1', args: ['arg'], runInstructions: { runCommand: 'false' } })
  t.equal(`${result.stdout}${result.build}`, 'hi\nyes arg\nundefined')
  const empty = await run({ ...HELLO, command: '', runInstructions: { buildCommands: ['echo b'], runCommand: 'echo v2' } })
  t.equal(`${empty.result.stdout}${empty.result.build.stdout}`, 'v2\nb\n')
  t.equal((await run({ files: [], command: 'echo version' }, { language: 'built' })).result.stdout, 'version\n')
})

void t.test('language must be the language of the image or an alias; other values are invalid', { buffered: true }, async (t) => {
  for (const language of ['shell', 'sh', null]) t.equal((await run({ ...HELLO, language })).result.outcome, 'completed')
  const { result } = await run({ ...HELLO, language: 'perl' })
  t.equal(result.outcome, 'invalid')
  t.match(result.error, /^language: .*shell/)
})

void t.test('args and env are passed to the program; RUNONCE_ variables are not', { buffered: true }, async (t) => {
  const code = 'printf "%s|" "$#" "$@" "$GREETING" "$LANGUAGE_SET"; env | grep -c RUNONCE_'
  const result = await sh(code, { args: ['a b', '', '*', 'ü'], env: { GREETING: 'hello you', LANGUAGE_SET: 'no' } })
  t.equal(result.stdout, '4|a b||*|ü|hello you|no|0\n')
})

void t.test('stdin accepts every character, and 1 MiB of input and output at the same time', { buffered: true }, async (t) => {
  const text = `${Array.from({ length: 0x180 }, (_, code) => String.fromCodePoint(code)).join('')}é😀👩‍👩‍👧`
  t.equal((await sh('cat', { stdin: text })).stdout, text)
  const mebibyte = 'x'.repeat(1 << 20)
  const result = await sh('cat', { stdin: mebibyte }, { env: { RUNONCE_OUTPUT_LIMIT: '2000000' } })
  t.equal(result.outcome, 'completed')
  t.ok(result.stdout === mebibyte)
  t.equal((await sh('echo unread', { stdin: mebibyte })).stdout, 'unread\n')
  t.equal((await sh('exec <&-; sleep 0.1; echo closed', { stdin: mebibyte })).stdout, 'closed\n')
})

void t.test('invalid UTF-8 becomes U+FFFD, with the exact bytes in base64', { buffered: true }, async (t) => {
  const result = await sh("printf 'a\\377b\\303'; printf '\\355\\240\\200' >&2")
  t.equal(`${result.stdout} ${result.stderr}`, 'a\ufffdb\ufffd \ufffd\ufffd\ufffd')
  t.equal(`${result.stdoutBase64} ${result.stderrBase64}`, 'Yf9iww== 7aCA')
})

void t.test('limits in the payload can lower but not raise the limits of the container', { buffered: true }, async (t) => {
  const env = { RUNONCE_TIME_LIMIT_MS: '600', RUNONCE_OUTPUT_LIMIT: '10' }
  t.match((await sh('sleep 9', { limits: { time: 0.2 } }, { env })).error, /0\.2 s/)
  t.match((await sh('sleep 9', { limits: { time: 99 } }, { env })).error, /0\.6 s/)
  t.equal((await sh('yes', { limits: { output: 99 } }, { env })).stdout.length, 10)
})

void t.test('a missing interpreter and an invalid language.json are reported', { buffered: true }, async (t) => {
  const missing = await run(HELLO, { language: 'missing' })
  t.equal(`${missing.result.exitCode} ${missing.result.stderr}`, '127 no-such-interpreter: not found\n')
  const broken = await run(HELLO, { language: 'broken' })
  t.equal(broken.result.outcome, 'failed')
  t.match(broken.result.error, /language\.json: run is missing/)
  t.equal((await run({ files: [], command: 'echo on' }, { language: 'broken' })).result.stdout, 'on\n')
})

void t.test('docker run works without options, and a missing work directory is reported', { buffered: true }, async (t) => {
  t.equal((await sh('id -u; pwd', {}, { settings: {} })).stdout, '0\n/work\n')
  const none = await run(HELLO, { settings: { env: { RUNONCE_WORK_DIR: '/nowhere' } } })
  t.equal(`${none.result.outcome} ${none.result.error}`, 'failed The runner has no work dir: No such file or directory')
  const home = await sh('pwd; echo $HOME', {}, { settings: { user: '10001', readOnly: true, tmpfs: { '/tmp': '' }, env: { HOME: '/tmp' } } })
  t.equal(home.stdout, '/tmp\n/tmp\n')
  const second = await sh('pwd; echo $HOME', {}, { settings: { user: 'second', readOnly: true, tmpfs: { '/home/second': 'exec' } } })
  t.equal(second.stdout, '/home/second\n/home/second\n')
})

void t.test('the runner exits with an error if it is not process 1', { buffered: true }, async (t) => {
  const { result } = await run(HELLO, { settings: { init: true } })
  t.equal(`${result.outcome} ${result.error}`, 'failed The runner must be process 1 of its container')
})

void t.test('a waiting runner writes one newline when it is ready', { buffered: true }, async (t) => {
  const { input, ended, stdout } = await start({ env: { RUNONCE_ANNOUNCE: '1' } })
  await until(() => stdout() === '\n')
  input.end(JSON.stringify(HELLO))
  t.equal((await ended).result?.stdout, 'hi\n')
})
