import t from 'tap'

import { Connections } from '../../../../../service/http/plugins/connections.js'
import type { RunRequest } from '../../../../../service/runs/ports.js'
import { COMPLETED, decodedOf, gate, languageImage, until } from '../../../fakes.js'
import { startApp, TOKEN, type StartedApp } from '../../start-app.js'
import { HEADERS, messagesOf, post, rpc } from './messages.js'

const IMAGES = [languageImage('python', { main: 'main.py', protocol: 2 })]
const CALL = { name: 'run_code', arguments: { language: 'python', code: '' } }
const WITH_PROGRESS = rpc('tools/call', { ...CALL, _meta: { progressToken: 'p1' } }, 7)

/** A run that lasts until its signal aborts. */
async function endless ({ signal }: RunRequest): Promise<never> {
  return await new Promise((_resolve, reject) => { signal.addEventListener('abort', () => reject(signal.reason)) })
}

async function send (port: number, body: unknown, { headers = {}, signal = null }: { headers?: Record<string, string>, signal?: AbortSignal | null } = {}) {
  return await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST', signal, body: JSON.stringify(body), headers: { ...HEADERS, 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers }
  })
}

async function sessionOf (service: StartedApp): Promise<string> {
  const { headers } = await post(service, rpc('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } }))
  return String(headers['mcp-session-id'])
}

const cancelled = (requestId: number) => ({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } })

t.test('the output is sent as progress while the program runs', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const { opened, open } = gate()
  service.runs.handler = async ({ events }) => {
    events?.started()
    events?.started()
    events?.event({ type: 'build', json: Buffer.from('{}') })
    events?.event({ type: 'stdout', text: 'a\n' })
    events?.event({ type: 'stderr', base64: Buffer.from([0x62, 0xff]).toString('base64') })
    await opened
    events?.event({ type: 'stdout', text: 'c\n' })
    return decodedOf(COMPLETED)
  }
  const response = await send(await service.listen(), WITH_PROGRESS)
  let body = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    body += chunk
    if (body.includes('a\\n')) open()
  }
  const messages = messagesOf({ headers: { 'content-type': 'text/event-stream' }, body })
  t.match(messages.slice(0, -1).map(({ method, params }) => [method, params]), [
    ['notifications/progress', { progressToken: 'p1', progress: 1, message: 'The program starts' }],
    ['notifications/progress', { progressToken: 'p1', progress: 2, message: 'a\nb\ufffd' }],
    ['notifications/progress', { progressToken: 'p1', progress: 3, message: 'c\n' }]
  ])
  t.match(messages.at(-1), { id: 7, result: { structuredContent: { stdout: 'hi\n' } } })
  t.equal(service.runs.requests[0]?.streams, true)
})

t.test('without a progress token, the container does not send events', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  await post(service, rpc('tools/call', CALL))
  t.match(service.runs.requests, [{ streams: false, events: undefined }])
})

t.test('the output in progress notifications does not exceed the output limit', async (t) => {
  const service = await startApp(t, { images: IMAGES, env: { RUN_MAX_OUTPUT_SIZE: '10' } })
  service.runs.handler = async ({ events }) => {
    for (let n = 0; n < 5; n++) events?.event({ type: 'stdout', text: '1234567' })
    return decodedOf(COMPLETED)
  }
  const messages = messagesOf(await post(service, WITH_PROGRESS))
  t.match(messages.map(({ params }) => params?.message), ['1234567123', undefined])
})

t.test('a run that fails after a progress notification returns an error of the tool', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  service.runs.handler = async ({ events }) => {
    events?.event({ type: 'stdout', text: 'x' })
    throw new Error('broken')
  }
  t.match(messagesOf(await post(service, WITH_PROGRESS)), [{ params: { message: 'x' } }, { result: { isError: true } }])
})

t.test('a client that disconnects ends its run', async (t) => {
  for (const body of [WITH_PROGRESS, rpc('tools/call', CALL)]) {
    const service = await startApp(t, { images: IMAGES })
    service.runs.handler = endless
    const client = new AbortController()
    const response = send(await service.listen(), body, { signal: client.signal }).then(async (each) => await each.text())
    await until(() => service.runs.requests.length === 1)
    client.abort()
    await t.rejects(response, { name: 'AbortError' })
    await until(() => service.runs.requests[0]?.signal.aborted === true)
    t.match(service.runs.requests[0]?.signal.reason, { slug: 'client_gone' })
  }
})

t.test('a cancelled call ends its run and has no response', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  service.runs.handler = endless
  const port = await service.listen()
  const session = { 'mcp-session-id': await sessionOf(service) }
  const response = send(port, WITH_PROGRESS, { headers: session }).then(async (each) => await each.text())
  await until(() => service.runs.requests.length === 1)
  for (const [id, headers] of [[8, session], [7, { 'mcp-session-id': await sessionOf(service) }], [7, {}]] as const) {
    t.equal((await post(service, cancelled(id), headers)).statusCode, 202)
    t.equal(service.runs.requests[0]?.signal.aborted, false, 'another call is not cancelled')
  }
  await post(service, cancelled(7), session)
  t.equal(await response, '')
  t.match(service.runs.requests[0]?.signal.reason, { slug: 'client_gone', message: 'The client cancelled the call' })
})

t.test('a response announces the shutdown of the service', async (t) => {
  const service = await startApp(t, { images: IMAGES })
  const connections = new Connections(service.app.server)
  const port = await service.listen()
  t.equal((await send(port, rpc('ping'))).headers.get('connection'), 'keep-alive')
  connections.announceClose()
  t.equal((await send(port, rpc('ping'))).headers.get('connection'), 'close')
})
