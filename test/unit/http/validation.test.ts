import t from 'tap'

import { startApp } from './start-app.js'

const IMAGE = 'runonce/python:latest'
const FILE = { name: 'main.py', content: '' }
const long = (bytes: number) => 'x'.repeat(bytes)

/** Invalid bodies, with the beginning of the expected message. */
const BODIES: Array<[unknown, string]> = [
  ['', 'The body is empty'],
  ['{', 'The body is not JSON'],
  ['{"image":"x",}', 'The body is not JSON'],
  ['{"image":"x"} x', 'The body is not JSON'],
  ['// c\n{}', 'The body is not JSON'],
  ['NaN', 'The body is not JSON'],
  [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'The body is not UTF-8'],
  [Buffer.from('"\xff"', 'latin1'), 'The body is not UTF-8'],
  [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'The body is not UTF-8'],
  ['[]', 'The body must be object'],
  ['null', 'The body must be object'],
  ['"x"', 'The body must be object'],
  ['5', 'The body must be object'],
  [long(10_000).replaceAll('x', '['), 'The body is not JSON'],
  [long(10_001).replaceAll('x', '['), 'The body is nested deeper than 10000 levels'],
  ['['.repeat(1_000_000) + ']'.repeat(1_000_000), 'The body is nested deeper than 10000 levels'],
  ['{"a":'.repeat(300_000) + '1' + '}'.repeat(300_000), 'The body is nested deeper than 10000 levels'],
  [`[${'[],'.repeat(600_000)}[]]`, 'The body has more than 100000 arrays, objects and members'],
  [`{${Array.from({ length: 150_000 }, (_, i) => `"k${i}":0`).join()}}`, 'The body has more than 100000 arrays, objects and members'],
  ['{"__proto__":{"image":"x","payload":{}}}', 'image is required'],
  [`{"image":"${IMAGE}","payload":{"files":[],"__proto__":{"command":"x"}}}`, 'payload.files must contain at least one file'],
  ['{"constructor":{"prototype":{"image":"x"}}}', 'image is required'],
  [{}, 'image is required'],
  [{ image: IMAGE }, 'payload is required'],
  [{ image: 1, payload: {} }, 'image must be string'],
  [{ image: null, payload: {} }, 'image must be string'],
  [{ image: '', payload: {} }, 'image must NOT have fewer than 1 characters'],
  [{ image: long(10_000), payload: {} }, 'image must NOT have more than'],
  [{ image: IMAGE, payload: {}, limits: 1 }, 'limits must be object'],
  [{ image: IMAGE, payload: {}, limits: { time: '1' } }, 'limits.time must be number'],
  [{ image: IMAGE, payload: {}, limits: { time: 0 } }, 'limits.time must be > 0'],
  [{ image: IMAGE, payload: {}, limits: { time: -1 } }, 'limits.time must be > 0'],
  [`{"image":"${IMAGE}","payload":{},"limits":{"time":1e999}}`, 'limits.time must be number'],
  [{ image: IMAGE, payload: {}, limits: { output: 1.5 } }, 'limits.output must be integer'],
  [{ image: IMAGE, payload: {}, limits: { output: 0 } }, 'limits.output must be >= 1'],
  [{ image: IMAGE, payload: {}, limits: { buildTime: true } }, 'limits.buildTime must be number']
]

const PAYLOADS: Array<[unknown, string]> = [
  [null, 'payload must be object'],
  [[], 'payload must be object'],
  ['{}', 'payload must be object'],
  [{}, 'payload.files is required'],
  [{ files: {} }, 'payload.files must be array'],
  [{ files: [] }, 'payload.files must contain at least one file'],
  [{ files: [], command: '' }, 'payload.files must contain at least one file'],
  [{ files: [], command: null, runInstructions: null }, 'payload.files must contain at least one file'],
  [{ files: [null] }, 'payload.files[0] must be object'],
  [{ files: [FILE, { name: 'x' }] }, 'payload.files[1].content is required'],
  [{ files: [{ content: '' }] }, 'payload.files[0].name is required'],
  [{ files: [{ name: 1, content: '' }] }, 'payload.files[0].name must be string'],
  [{ files: [{ name: 'x', content: null }] }, 'payload.files[0].content must be string'],
  [{ files: [{ name: '', content: '' }] }, 'payload.files[0].name must not be empty'],
  [{ files: [FILE, { name: '/etc/x', content: '' }] }, 'payload.files[1].name must be a relative path'],
  [{ files: [{ name: '../x', content: '' }] }, 'payload.files[0].name must not contain ".."'],
  [{ files: [{ name: 'a/../x', content: '' }] }, 'payload.files[0].name must not contain ".."'],
  [{ files: [{ name: '..', content: '' }] }, 'payload.files[0].name must not contain ".."'],
  [{ files: [{ name: 'a/', content: '' }] }, 'payload.files[0].name must name a file'],
  [{ files: [{ name: '.', content: '' }] }, 'payload.files[0].name must name a file'],
  [{ files: [{ name: 'a/.', content: '' }] }, 'payload.files[0].name must name a file'],
  [{ files: [{ name: 'a\0b', content: '' }] }, 'payload.files[0].name must not contain NUL'],
  [{ files: [{ name: long(256), content: '' }] }, 'payload.files[0].name must be at most'],
  [{ files: [{ name: 'é'.repeat(128), content: '' }] }, 'payload.files[0].name must be at most'],
  [{ files: [{ name: `${long(200)}/`.repeat(21) + 'x', content: '' }] }, 'payload.files[0].name must be at most'],
  ['{"files":[{"name":"\\ud800","content":""}]}', 'payload.files[0].name must be well-formed Unicode'],
  ['{"files":[{"name":"x","content":"a\\udc00"}]}', 'payload.files[0].content must be well-formed Unicode'],
  ['{"files":[{"name":"x","content":""}],"stdin":"\\ud83d"}', 'payload.stdin must be well-formed Unicode'],
  ['{"files":[{"name":"x","content":""}],"language":"\\ud83d"}', 'payload.language must be well-formed Unicode'],
  [{ files: [FILE], stdin: 1 }, 'payload.stdin must be string,null'],
  [{ files: [FILE], command: ['x'] }, 'payload.command must be string,null'],
  [{ files: [FILE], command: 'a\0' }, 'payload.command must not contain NUL'],
  [{ files: [FILE], language: 1 }, 'payload.language must be string,null'],
  [{ files: [FILE], runInstructions: 'x' }, 'payload.runInstructions must be object,null'],
  [{ files: [FILE], runInstructions: {} }, 'payload.runInstructions.runCommand is required'],
  [{ files: [FILE], runInstructions: { runCommand: 'x', buildCommands: 'y' } }, 'payload.runInstructions.buildCommands must be array'],
  [{ files: [FILE], runInstructions: { runCommand: 'x', buildCommands: ['a', 1] } }, 'payload.runInstructions.buildCommands[1] must be string'],
  [{ files: [FILE], runInstructions: { runCommand: 'x', buildCommands: ['a', '\0'] } }, 'payload.runInstructions.buildCommands[1] must not contain NUL'],
  [{ files: [FILE], runInstructions: { runCommand: 'x\0' } }, 'payload.runInstructions.runCommand must not contain NUL'],
  [{ files: [FILE], args: 'x' }, 'payload.args must be array'],
  [{ files: [FILE], args: ['a', 5] }, 'payload.args[1] must be string'],
  [{ files: [FILE], args: ['a', 'b\0'] }, 'payload.args[1] must not contain NUL'],
  [{ files: [FILE], env: [] }, 'payload.env must be object'],
  [{ files: [FILE], env: { A: 1 } }, 'payload.env.A must be string'],
  [{ files: [FILE], env: { 'a/b~c': 1 } }, 'payload.env.a/b~c must be string'],
  [{ files: [FILE], env: { A: '\0' } }, 'payload.env.A must not contain NUL'],
  [{ files: [FILE], env: { '': 'x' } }, 'payload.env: invalid name ""'],
  [{ files: [FILE], env: { 'A=B': 'x' } }, 'payload.env: invalid name "A=B"'],
  [{ files: [FILE], limits: { time: '1' } }, 'payload.limits.time must be number'],
  [{ files: [FILE], limits: [] }, 'payload.limits must be object'],
  [{ files: [FILE], limits: { memory: 16_777_215 } }, 'payload.limits.memory must be >= 16777216'],
  [{ files: [FILE], limits: { memory: 2 ** 30 + 1 } }, 'payload.limits.memory must be at most 1073741824 bytes (DOCKER_CONTAINER_MEMORY_CAP)'],
  [{ files: [FILE], limits: { processes: 7 } }, 'payload.limits.processes must be >= 8'],
  [{ files: [FILE], limits: { processes: 513 } }, 'payload.limits.processes must be at most 512 (DOCKER_CONTAINER_NPROC_CAP)'],
  [{ files: Array(10_001).fill(FILE) }, 'payload.files must NOT have more than 10000 items'],
  [{ files: [FILE], args: Array(10_001).fill('') }, 'payload.args must NOT have more than 10000 items'],
  [{ files: [FILE], env: Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`A${i}`, ''])) }, 'payload.env must NOT have more than 10000 properties'],
  [{ files: [FILE], runInstructions: { runCommand: 'x', buildCommands: Array(10_001).fill('') } }, 'payload.runInstructions.buildCommands must NOT have more than 10000 items']
]

t.test('an invalid run request returns 400, and the message names the member', async (t) => {
  const { post, runs } = await startApp(t)
  for (const [body, beginning] of BODIES) await refused(t, await post('/run', body), beginning, body)
  t.same(runs.requests, [])
})

t.test('a payload that the runner cannot run returns 400, and the message names the member', async (t) => {
  const { post, runs } = await startApp(t)
  for (const [payload, beginning] of PAYLOADS) {
    const text = typeof payload === 'string' && payload.startsWith('{"files') ? payload : JSON.stringify(payload)
    await refused(t, await post('/run', `{"image":"${IMAGE}","payload":${text}}`), beginning, payload)
  }
  t.same(runs.requests, [])
})

t.test('the messages of the code routes name the invalid member', async (t) => {
  const { post, runs } = await startApp(t)
  const cases: Array<[string, unknown, string]> = [
    ['/', {}, 'code is required'],
    ['/', { code: 1 }, 'code must be string'],
    ['/run/python', { code: null }, 'code must be string'],
    ['/run/python', { code: '', input: 5 }, 'input must be string,null'],
    ['/run/python', { code: '', limits: { memory: 2 ** 30 + 1 } }, 'limits.memory must be at most 1073741824 bytes (DOCKER_CONTAINER_MEMORY_CAP)'],
    ['/run/python', '{"code":"\\ud800"}', 'code must be well-formed Unicode'],
    ['/run/python', '{"code":"","input":"\\udfff"}', 'input must be well-formed Unicode'],
    ['/api/execute', { code: '' }, 'language is required'],
    ['/api/execute', { code: '', language: '' }, 'language must NOT have fewer'],
    ['/api/execute', { language: 'python' }, 'code is required'],
    ['/api/execute', [], 'The body must be object']
  ]
  for (const [url, body, beginning] of cases) await refused(t, await post(url, body), beginning, [url, body])
  t.same(runs.requests, [])
})

t.test('the maximum number of files, arguments and variables is accepted, and brackets in strings do not count as nesting', async (t) => {
  const { post, runs } = await startApp(t)
  const payload = {
    files: Array.from({ length: 10_000 }, (_, i) => ({ name: String(i), content: '' })),
    args: Array(10_000).fill('x'),
    env: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`A${i}`, '']))
  }
  t.equal((await post('/run', { image: IMAGE, payload })).statusCode, 200)
  for (const text of ['['.repeat(1_000_000), '{"a":'.repeat(200_000), '\\"['.repeat(200_000), '\\'.repeat(200_001) + '[']) {
    t.equal((await post('/', { code: '', input: text })).statusCode, 200, text.slice(0, 10))
    t.equal(JSON.parse(String(runs.requests.at(-1)?.payload)).stdin, text)
  }
})

t.test('file names with the maximum length are accepted', async (t) => {
  const { post } = await startApp(t)
  for (const name of [long(255), `${`${long(255)}/`.repeat(15)}${long(255)}`, 'a//b', './a', 'a/./b', '...', '-x', 'a b\n', '日本語.py']) {
    const response = await post('/run', { image: IMAGE, payload: { files: [{ name, content: '' }] } })
    t.equal(response.statusCode, 200, response.body)
  }
})

type Assertions = Pick<typeof t, 'equal' | 'ok'>

async function refused (t: Assertions, response: { statusCode: number, body: string, json: () => { error?: string, message: string } }, beginning: string, sent: unknown) {
  const what = (JSON.stringify(sent) ?? '').slice(0, 100)
  t.equal(response.statusCode, 400, what)
  t.equal(response.json().error, 'request.invalid', what)
  t.ok(response.json().message.startsWith(beginning), `${what}: ${response.json().message.slice(0, 200)}`)
}
