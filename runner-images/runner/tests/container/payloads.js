// What a payload may hold, and how it may come.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { run, sh, start, until } from './kit.js'

const HELLO = { files: [{ name: 'main.sh', content: 'echo hi' }] }

test('the payload ends with its JSON or with stdin, pretty-printed or not', async () => {
  const pretty = JSON.stringify(HELLO, null, 2)
  for (const [text, open] of /** @type {const} */ ([[pretty, false], [`\n ${pretty}\n`, false], [pretty, true], [`${pretty}{"files":[]}`, true]])) {
    const { result } = await run(text, { open })
    assert.equal(result.stdout, 'hi\n')
  }
})

test('a payload in pieces', async () => {
  const { input, ended } = await start()
  for (const piece of JSON.stringify(HELLO)) {
    input.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { result } = await ended
  assert.equal(result?.stdout, 'hi\n')
})

test('no payload: told', async () => {
  for (const text of ['', ' \n\t']) {
    const { result } = await run(text)
    assert.equal(`${result.outcome} ${result.error}`, 'invalid There is no payload')
  }
})

test('files: folders, unicode names, empty, NUL inside, the last of one name', async () => {
  const files = [
    { name: 'main.sh', content: 'cat sub/dir/ü.txt twice; wc -c < empty; od -An -c nul' },
    { name: 'sub/dir/ü.txt', content: 'ä😀\n' },
    { name: 'empty', content: '' },
    { name: 'twice', content: 'first, and longer\n' },
    { name: 'twice', content: 'second\n' },
    { name: 'nul', content: 'a\0b' }
  ]
  const { result } = await run({ files })
  assert.match(result.stdout, /^ä😀\nsecond\n0\n +a +\\0 +b\n$/)
})

test('files that can\'t be: invalid, naming the file', async () => {
  const main = { name: 'main.sh', content: '' }
  for (const [name, error] of [['main.sh/x', /^files\[1\]\.name: Not a directory/], ['/etc/x', /^files\[1\]\.name: /], ['a'.repeat(300), /too long/]]) {
    const { result } = await run({ files: [main, { name, content: '' }] })
    assert.equal(result.outcome, 'invalid')
    assert.match(result.error, /** @type {RegExp} */ (error))
  }
  const full = await run({ files: [main, { name: 'big', content: 'x'.repeat(3e6) }] }, {
    settings: { tmpfs: { '/work': 'rw,size=1m' } }
  })
  assert.equal(`${full.result.outcome} ${full.result.error}`, 'invalid files[1].content: No space left on device')
})

test('V1: command replaces everything, and stands before runInstructions', async () => {
  const { result } = await run({ ...HELLO, command: 'sh main.sh; echo $LANGUAGE_SET $1', args: ['arg'], runInstructions: { runCommand: 'false' } })
  assert.equal(`${result.stdout}${result.build}`, 'hi\nyes arg\nundefined')
  const empty = await run({ ...HELLO, command: '', runInstructions: { buildCommands: ['echo b'], runCommand: 'echo v2' } })
  assert.equal(`${empty.result.stdout}${empty.result.build.stdout}`, 'v2\nb\n')
  assert.equal((await run({ files: [], command: 'echo version' }, { language: 'built' })).result.stdout, 'version\n')
})

test('language: the image\'s own name, an alias, or invalid', async () => {
  for (const language of ['shell', 'sh', null]) assert.equal((await run({ ...HELLO, language })).result.outcome, 'completed')
  const { result } = await run({ ...HELLO, language: 'perl' })
  assert.equal(result.outcome, 'invalid')
  assert.match(result.error, /^language: .*shell/)
})

test('args and env reach the program, RUNONCE_ variables don\'t', async () => {
  const code = 'printf "%s|" "$#" "$@" "$GREETING" "$LANGUAGE_SET"; env | grep -c RUNONCE_'
  const result = await sh(code, { args: ['a b', '', '*', 'ü'], env: { GREETING: 'hello you', LANGUAGE_SET: 'no' } })
  assert.equal(result.stdout, '4|a b||*|ü|hello you|no|0\n')
})

test('stdin: every character, and a mebibyte in and out at once', async () => {
  const text = `${Array.from({ length: 0x180 }, (_, code) => String.fromCodePoint(code)).join('')}é😀👩‍👩‍👧`
  assert.equal((await sh('cat', { stdin: text })).stdout, text)
  const mebibyte = 'x'.repeat(1 << 20)
  const result = await sh('cat', { stdin: mebibyte }, { env: { RUNONCE_OUTPUT_LIMIT: '2000000' } })
  assert.equal(result.outcome, 'completed')
  assert.ok(result.stdout === mebibyte)
  assert.equal((await sh('echo unread', { stdin: mebibyte })).stdout, 'unread\n')
  assert.equal((await sh('exec <&-; sleep 0.1; echo closed', { stdin: mebibyte })).stdout, 'closed\n')
})

test('bytes that are no text: U+FFFD and base64', async () => {
  const result = await sh("printf 'a\\377b\\303'; printf '\\355\\240\\200' >&2")
  assert.equal(`${result.stdout} ${result.stderr}`, 'a\ufffdb\ufffd \ufffd\ufffd\ufffd')
  assert.equal(`${result.stdoutBase64} ${result.stderrBase64}`, 'Yf9iww== 7aCA')
})

test('limits of the payload lower the container\'s, and never raise them', async () => {
  const env = { RUNONCE_TIME_LIMIT_MS: '600', RUNONCE_OUTPUT_LIMIT: '10' }
  assert.match((await sh('sleep 9', { limits: { time: 0.2 } }, { env })).error, /0\.2 s/)
  assert.match((await sh('sleep 9', { limits: { time: 99 } }, { env })).error, /0\.6 s/)
  assert.equal((await sh('yes', { limits: { output: 99 } }, { env })).stdout.length, 10)
})

test('an interpreter that isn\'t there, and a description that is wrong', async () => {
  const missing = await run(HELLO, { language: 'missing' })
  assert.equal(`${missing.result.exitCode} ${missing.result.stderr}`, '127 no-such-interpreter: not found\n')
  const broken = await run(HELLO, { language: 'broken' })
  assert.equal(broken.result.outcome, 'failed')
  assert.match(broken.result.error, /language\.json: run is missing/)
  assert.equal((await run({ files: [], command: 'echo on' }, { language: 'broken' })).result.stdout, 'on\n')
})

test('docker run without any settings, as root, and a work dir that is not there', async () => {
  assert.equal((await sh('id -u; pwd', {}, { settings: {} })).stdout, '0\n/work\n')
  const none = await run(HELLO, { settings: { env: { RUNONCE_WORK_DIR: '/nowhere' } } })
  assert.equal(`${none.result.outcome} ${none.result.error}`, 'failed The runner has no work dir: No such file or directory')
  const home = await sh('pwd; echo $HOME', {}, { settings: { user: '10001', readOnly: true, tmpfs: { '/tmp': '' }, env: { HOME: '/tmp' } } })
  assert.equal(home.stdout, '/tmp\n/tmp\n')
  const second = await sh('pwd; echo $HOME', {}, { settings: { user: 'second', readOnly: true, tmpfs: { '/home/second': 'exec' } } })
  assert.equal(second.stdout, '/home/second\n/home/second\n')
})

test('not process 1: told, and nothing else is touched', async () => {
  const { result } = await run(HELLO, { settings: { init: true } })
  assert.equal(`${result.outcome} ${result.error}`, 'failed The runner must be process 1 of its container')
})

test('the announcement is one newline, before the result', async () => {
  const { input, ended, stdout } = await start({ env: { RUNONCE_ANNOUNCE: '1' } })
  await until(() => stdout() === '\n')
  input.end(JSON.stringify(HELLO))
  assert.equal((await ended).result?.stdout, 'hi\n')
})
