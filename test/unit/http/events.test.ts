import http from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

import Fastify from 'fastify'
import t from 'tap'

import { overloaded, streamReadFailed } from '../../../service/errors.js'
import { EventStreamResponse } from '../../../service/http/event-stream-response.js'
import { addServerTiming } from '../../../service/http/plugins/server-timing.js'
import type { RunRequest } from '../../../service/runs/ports.js'
import { COMPLETED, decodedOf, foreignImage, gate, languageImage, until } from '../fakes.js'
import { startApp, TOKEN, type StartedApp } from './start-app.js'

const NEW = languageImage('python', { protocol: 2 })
const ACCEPT = { accept: 'text/event-stream' }
const BODY = { image: NEW.ref, payload: { files: [{ name: 'main.py', content: '' }] } }
const RESULT_EVENT = { type: 'result', result: COMPLETED }

/** Returns the data of each event, which contains the name of the event. */
function eventsIn (body: string): object[] {
  return body.split('\n\n').filter((part) => part !== '' && part !== ':').map((part) => {
    const [, name, data = ''] = /^event: (\w+)\ndata: ([^\r\n]*)$/.exec(part) ?? []
    const event = JSON.parse(data)
    t.equal(event.type, name)
    return event
  })
}

function streaming (work: (request: RunRequest) => void | Promise<void>) {
  return async (request: RunRequest) => {
    request.events?.started()
    await work(request)
    return decodedOf(COMPLETED)
  }
}

async function open ({ listen }: StartedApp): Promise<http.IncomingMessage> {
  const request = http.request({ port: await listen(), method: 'POST', path: '/run', headers: { ...ACCEPT, 'content-type': 'application/json', 'x-access-token': TOKEN } })
  request.on('error', () => {})
  request.end(JSON.stringify(BODY))
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  return response
}

void t.test('a client that accepts events receives each one and the result', async (t) => {
  const { post, runs } = await startApp(t, { images: [NEW] })
  runs.handler = streaming(({ events }) => {
    events?.event({ type: 'build', json: Buffer.from('{"type":"build","build":{}}') })
    events?.event({ type: 'stdout', text: 'line\r\nnext\u2028' })
    events?.event({ type: 'stderr', base64: '/w==', case: 0 })
  })
  for (const [path, body] of [['/run', BODY], ['/run/python', { code: '' }]] as const) {
    const response = await post(path, body, { accept: 'application/json, TEXT/event-stream;q=0.9' })
    t.match(response.headers, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
    t.match(response.headers['x-request-id'], /\S/)
    t.same(eventsIn(response.body), [
      { type: 'build', build: {} }, { type: 'stdout', text: 'line\r\nnext\u2028' }, { type: 'stderr', base64: '/w==', case: 0 }, RESULT_EVENT
    ])
    t.match(runs.requests.at(-1), { streams: true })
    t.match(JSON.parse(String(runs.requests.at(-1)?.payload)), { stream: true })
  }
})

void t.test('other clients, and other routes, get JSON', async (t) => {
  const { post, runs } = await startApp(t, { images: [NEW] })
  for (const accept of ['*/*', 'text/*', 'application/json', 'text/event-stream;q=0', 'text/event-stream; q=0.00']) {
    t.match((await post('/run', BODY, { accept })).headers['content-type'], 'application/json', accept)
  }
  for (const [path, body] of [['/', { code: '' }], ['/api/execute', { code: '', language: 'python' }]] as const) {
    t.match((await post(path, body, ACCEPT)).headers['content-type'], 'application/json', path)
  }
  for (const { events, streams } of runs.requests) t.same([events, streams], [undefined, false])
})

void t.test('older and foreign images produce one event, the result', async (t) => {
  const [old, foreign] = [languageImage('ruby'), foreignImage()]
  const { post, runs } = await startApp(t, { images: [old, foreign] })
  runs.handler = async () => ({ result: COMPLETED, json: Buffer.from(JSON.stringify(COMPLETED, null, 2).replaceAll('\n', '\r\n')) })
  for (const { ref } of [old, foreign]) {
    t.same(eventsIn((await post('/run', { ...BODY, image: ref }, ACCEPT)).body), [RESULT_EVENT])
    t.equal(runs.requests.at(-1)?.streams, false)
  }
})

void t.test('errors before the program starts keep their status, and later errors are an event', async (t) => {
  const { post, runs, inject, lines } = await startApp(t, { images: [NEW] })
  t.equal((await inject({ method: 'POST', url: '/run', headers: { 'x-access-token': 'x', ...ACCEPT } })).statusCode, 401)
  t.equal((await post('/run', {}, ACCEPT)).statusCode, 400)
  runs.handler = async () => { throw overloaded('The run queue is full', 2) }
  const refused = await post('/run', BODY, ACCEPT)
  t.same([refused.statusCode, refused.headers['retry-after'], refused.json().error], [503, '2', 'overloaded'])
  runs.handler = streaming(() => { throw streamReadFailed('broke off') })
  const failed = await post('/run', BODY, { ...ACCEPT, 'x-request-id': 'r1' })
  t.equal(failed.statusCode, 200)
  t.same(eventsIn(failed.body), [{ type: 'error', error: 'docker.container.stream.read', message: 'broke off', requestId: 'r1' }])
  t.match(lines.join(''), 'request failed')
})

void t.test('events arrive while the run is in progress, and the run ends when the client leaves', async (t) => {
  const app = await startApp(t, { images: [NEW] })
  const left = gate()
  let signal: AbortSignal | undefined
  app.runs.handler = streaming(async (request) => {
    signal = request.signal
    request.events?.event({ type: 'stdout', text: 'first' })
    await left.opened
    request.events?.event({ type: 'stdout', text: 'nobody reads this' })
  })
  const response = await open(app)
  const [chunk] = await once(response, 'data')
  t.same(eventsIn(String(chunk)), [{ type: 'stdout', text: 'first' }])
  t.equal(signal?.aborted, false)
  response.destroy()
  await until(() => signal?.aborted === true)
  t.match(signal?.reason, { slug: 'client_gone' })
  left.open()
})

void t.test('a slow client does not delay the run, and its output is merged', async (t) => {
  const app = await startApp(t, { images: [NEW], env: { RUN_MAX_OUTPUT_SIZE: '10000000' } })
  const finished = gate()
  app.runs.handler = streaming(({ events }) => {
    events?.event({ type: 'stdout', text: 'x'.repeat(8_000_000) })
    for (let n = 0; n < 20_000; n++) events?.event({ type: 'stdout', text: `${n}\n` })
    for (let n = 0; n < 2000; n++) events?.event({ type: 'stderr', base64: Buffer.from([0xff, n % 256, n % 7]).toString('base64') })
    finished.open()
  })
  const response = await open(app)
  await finished.opened
  const events = eventsIn(await text(response)) as Array<{ type: string, text?: string, base64?: string }>
  t.ok(events.length < 100, `${events.length} events`)
  const [, ...stdout] = events.filter(({ type }) => type === 'stdout')
  t.equal(stdout.map((event) => event.text).join(''), Array.from({ length: 20_000 }, (_, n) => `${n}\n`).join(''))
  const stderr = Buffer.concat(events.filter(({ type }) => type === 'stderr').map(({ base64 = '' }) => Buffer.from(base64, 'base64')))
  t.same(stderr, Buffer.from(Array.from({ length: 2000 }, (_, n) => [0xff, n % 256, n % 7]).flat()))
  t.same(events.at(-1), RESULT_EVENT)
})

void t.test('a client that reads nothing is disconnected when the buffer is full', async (t) => {
  const app = await startApp(t, { images: [NEW], env: { RUN_MAX_OUTPUT_SIZE: '1' } })
  let signal: AbortSignal | undefined
  app.runs.handler = streaming(async (request) => {
    signal = request.signal
    const json = Buffer.from(`{"type":"case","index":0,"result":"${'x'.repeat(50_000)}"}`)
    for (let n = 0; n < 400; n++) request.events?.event({ type: 'case', json })
    await until(() => signal?.aborted === true)
  })
  await open(app)
  await until(() => signal?.aborted === true)
  t.match(signal?.reason, { slug: 'client_gone' })
})

void t.test('comments keep a silent connection open', async (t) => {
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  addServerTiming(app)
  app.get('/', (_request, reply) => {
    const events = new EventStreamResponse(reply, { maxBufferedBytes: 1000, commentMs: 20 })
    events.started()
    setTimeout(() => events.end(Buffer.from('1')), 200)
  })
  t.match((await app.inject('/')).body, /^(:\n\n){3,10}event: result\ndata: {"type":"result","result":1}\n\n$/)
})
