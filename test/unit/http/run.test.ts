import { request } from 'node:http'

import t from 'tap'

import { decodedOf, COMPLETED, gate, until } from '../fakes.js'
import { startApp, TOKEN } from './start-app.js'

const PYTHON = 'runonce/python:latest'
const FOREIGN = 'glot/python:latest'
const FILES = [{ name: 'main.py', content: 'print(1)' }]

t.test('the client receives exactly the bytes of the result that the image wrote', async (t) => {
  const { post, runs } = await startApp(t)
  const json = Buffer.from('{"stdout":"\\u0041 \\ud83d\\ude00","stderr":"","error":"", "big":12345678901234567890, "own": [1.0]}\n')
  runs.handler = async () => ({ result: COMPLETED, json })
  const response = await post('/run', { image: PYTHON, payload: { files: FILES } })
  t.equal(response.statusCode, 200)
  t.equal(response.headers['content-type'], 'application/json; charset=utf-8')
  t.same(response.rawPayload, json)
})

t.test('a program that fails returns 200', async (t) => {
  const { post, runs } = await startApp(t)
  for (const outcome of ['failed', 'signaled', 'timeout', 'output_limit', 'out_of_memory', 'build_failed', 'invalid']) {
    runs.handler = async () => decodedOf({ ...COMPLETED, outcome })
    const response = await post('/run', { image: PYTHON, payload: { files: FILES } })
    t.equal(response.statusCode, 200, outcome)
    t.equal(response.json().outcome, outcome)
  }
})

t.test('the payload of a foreign image is forwarded unchanged', async (t) => {
  const { post, runs } = await startApp(t)
  const payloads = [
    '{"files":[]}', '{ "n" : 12345678901234567890.123456789012345678901e+10 }', '{"a":1,"a":2}', '"\\u0041\\/\\ud83d\\ude00"', 'null', '[1,\n\t2 , 3]', '-0', '"😀é"',
    '{"payload":{"payload":"}"}}', '{"x":"\\"payload\\":1"}', '"\\ud800"', '{}', '""', 'true', '{"image":"[{"}',
    '{"__proto__":{"x":1}}', '{"constructor":{"prototype":1}}', '"\\\\"', '"\\\\\\""', '{"\\\\":[{}]}'
  ]
  for (const payload of payloads) {
    for (const body of [
      `{"image":"${FOREIGN}","payload":${payload}}`,
      ` {\n "payload" :\t${payload} , "image":"${FOREIGN}" }\n`,
      `{"image":"${FOREIGN}","limits":{"time":1},"pay\\u006coad":${payload}}`,
      `{"image":"${FOREIGN}","payload":"first","x":{"payload":"inner"},"payload":${payload},"z":["payload"]}`
    ]) {
      const response = await post('/run', body)
      t.equal(response.statusCode, 200, body)
      t.equal(String(runs.requests.at(-1)?.payload), payload, body)
    }
  }
})

t.test('a byte order mark before the body is ignored, and a byte order mark inside the body is data', async (t) => {
  const { post, runs } = await startApp(t)
  const foreign = await post('/run', `\ufeff{"image":"${FOREIGN}","payload":{"a":"\ufeff"}}`)
  t.equal(foreign.statusCode, 200, foreign.body)
  t.equal(String(runs.requests.at(-1)?.payload), '{"a":"\ufeff"}')
  for (const [url, body] of [
    ['/run', { image: PYTHON, payload: { files: FILES } }], ['/run/python', { code: '' }], ['/', { code: '' }], ['/api/execute', { code: '', language: 'python' }]
  ] as const) {
    t.equal((await post(url, `\ufeff${JSON.stringify(body)}`)).statusCode, 200, url)
    t.match((await post(url, `\ufeff\ufeff${JSON.stringify(body)}`)).json(), { error: 'request.invalid' }, `${url}: two`)
  }
  t.match((await post('/run', '\ufeff')).json(), { error: 'request.invalid', message: /empty/ })
})

t.test('the nesting limit of the body also applies to the payload of a foreign image', async (t) => {
  const { post, runs } = await startApp(t)
  for (const [open, close] of [['[', ']'], ['{"a":', '}']] as const) {
    const payload = `${open.repeat(9_999)}1${close.repeat(9_999)}`
    const response = await post('/run', `{"image":"${FOREIGN}","payload":${payload}}`)
    t.equal(response.statusCode, 200, response.body.slice(0, 200))
    t.ok(String(runs.requests.at(-1)?.payload) === payload)
  }
})

t.test('an image with the protocol label gets only members of the schema, even if other members are deeply nested', async (t) => {
  const { post, runs } = await startApp(t)
  const nested = `${'['.repeat(9_996)}${']'.repeat(9_996)}`
  const response = await post('/run', `{"image":"${PYTHON}","payload":{"files":[{"name":"a.py","content":"x","mode":${nested}}],"extra":${nested},"stdin":"\\u0000é"}}`)
  t.equal(response.statusCode, 200, response.body.slice(0, 200))
  t.same(JSON.parse(String(runs.requests[0]?.payload)), { files: [{ name: 'a.py', content: 'x' }], stdin: '\0é', limits: {} })
})

t.test('an image with the protocol label gets all members of the schema unchanged', async (t) => {
  const { post, runs } = await startApp(t)
  const payload = {
    language: 'python',
    files: [...FILES, { name: 'sub/ünï.txt', content: '\u0001\u007f😀e\u0301' }],
    stdin: 'in',
    command: 'python main.py',
    runInstructions: { buildCommands: ['true'], runCommand: 'python main.py' },
    args: ['-x', 'é', ''],
    env: { A: '1', B_C: '' }
  }
  await post('/run', { image: PYTHON, payload })
  t.same(JSON.parse(String(runs.requests[0]?.payload)), { ...payload, limits: {} })
  t.match(runs.requests[0], { tokenName: 'default', image: { ref: PYTHON } })
})

t.test('null for stdin, command and run instructions counts as absent', async (t) => {
  const { post } = await startApp(t)
  const response = await post('/run', { image: PYTHON, payload: { files: FILES, stdin: null, command: null, runInstructions: null, language: null } })
  t.equal(response.statusCode, 200, response.body)
})

t.test('files are optional with a command or run instructions', async (t) => {
  const { post } = await startApp(t)
  for (const payload of [{ files: [], command: 'python --version' }, { files: [], runInstructions: { runCommand: 'python --version' } }]) {
    t.equal((await post('/run', { image: PYTHON, payload })).statusCode, 200)
  }
})

t.test('the stricter of the request\'s and the payload\'s limits applies, for each limit', async (t) => {
  const { post, runs } = await startApp(t)
  const cases = [
    [undefined, undefined, {}],
    [{ time: 2 }, undefined, { time: 2 }],
    [undefined, { time: 2.5 }, { time: 2.5 }],
    [{ time: 2, output: 10 }, { time: 3, output: 5, buildTime: 1 }, { time: 2, output: 5, buildTime: 1 }],
    [{ time: 5 }, { time: 0.25 }, { time: 0.25 }]
  ] as const
  for (const [beside, inside, expected] of cases) {
    const response = await post('/run', { image: PYTHON, payload: { files: FILES, limits: inside }, limits: beside })
    t.equal(response.statusCode, 200, response.body)
    t.same(JSON.parse(String(runs.requests.at(-1)?.payload)).limits, expected)
    const { timeMs, outputBytes } = runs.requests.at(-1)?.limits ?? {}
    t.same([timeMs, outputBytes], ['time' in expected ? expected.time * 1000 : 10_000, 'output' in expected ? expected.output : 1_048_576])
  }
  await post('/run', { image: FOREIGN, payload: { limits: { time: 1 } }, limits: { time: 2 } })
  t.equal(runs.requests.at(-1)?.limits.timeMs, 2000, 'the payload of a foreign image is not parsed')
})

t.test('the run\'s signal aborts when the client closes its connection', async (t) => {
  const service = await startApp(t)
  let aborted = false
  service.runs.handler = async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    aborted = true
    throw signal.reason
  }
  const client = post(await service.listen(), { image: PYTHON, payload: { files: FILES } })
  await until(() => service.runs.requests.length === 1)
  client.destroy()
  await until(() => aborted, 'the abort')
})

t.test('the run\'s signal is already aborted if the client has already disconnected', async (t) => {
  const service = await startApp(t)
  const { opened, open } = gate()
  service.images.gate = opened
  const client = post(await service.listen(), { image: PYTHON, payload: { files: FILES } })
  await until(() => service.images.described.length === 1)
  const [connection] = await new Promise<unknown[]>((resolve) => service.app.server.getConnections((_error, count) => resolve([count])))
  t.equal(connection, 1)
  client.destroy()
  await until(async () => await new Promise((resolve) => service.app.server.getConnections((_error, count) => resolve(count === 0))))
  open()
  await until(() => service.runs.requests.length === 1)
  t.ok(service.runs.requests[0]?.signal.aborted, 'the signal is already aborted')
})

t.test('the run\'s signal does not abort while the client waits for the response', async (t) => {
  const service = await startApp(t)
  const client = post(await service.listen(), { image: PYTHON, payload: { files: FILES } })
  await new Promise<void>((resolve) => client.on('response', (response) => response.resume().on('close', resolve)))
  t.notOk(service.runs.requests[0]?.signal.aborted)
})

function post (port: number, body: object) {
  const client = request({
    port, host: '127.0.0.1', path: '/run', method: 'POST', agent: false, headers: { 'content-type': 'application/json', 'x-access-token': TOKEN }
  })
  client.on('error', () => {})
  client.end(JSON.stringify(body))
  return client
}

t.test('container limits reach the run, but not the payload; the lower of two applies', async (t) => {
  const { post, runs } = await startApp(t)
  const limits = { memory: 67_108_864, processes: 20 }
  await post('/run', { image: PYTHON, payload: { files: FILES, limits: { memory: 536_870_912, processes: 8 } }, limits })
  t.match(runs.requests.at(-1)?.limits, { memoryBytes: 67_108_864, processes: 8 })
  t.same(JSON.parse(String(runs.requests.at(-1)?.payload)).limits, {})
  await post('/run', { image: FOREIGN, payload: {}, limits })
  t.match(runs.requests.at(-1)?.limits, { memoryBytes: 67_108_864, processes: 20 }, 'a foreign image')
  await post('/run/python', { code: '', limits: { ...limits, time: 1 } })
  t.match(runs.requests.at(-1)?.limits, { memoryBytes: 67_108_864, processes: 20, timeMs: 1000 })
  t.same(JSON.parse(String(runs.requests.at(-1)?.payload)).limits, { time: 1 })
})
