import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'

import t, { type Test } from 'tap'

import { Connections } from '../../../service/http/plugins/connections.js'
import { COMPLETED, decodedOf, gate, until } from '../fakes.js'
import { exchange } from './exchange.js'
import { startApp, TOKEN } from './start-app.js'

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
/** Data that exceeds the kernel's buffers of a loopback connection. */
const LARGE = Buffer.alloc(32 * 1024 * 1024, 'x')

async function start (t: Test, listener: RequestListener) {
  const seen: Array<string | undefined> = []
  const server = createServer((request, response) => {
    seen.push(request.url)
    listener(request, response)
  })
  const connections = new Connections(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => { server.closeAllConnections(); server.close() })
  const { port } = server.address() as AddressInfo
  const open = async (sent = '') => {
    const client = { socket: connect(port, '127.0.0.1'), bytes: 0, text: '', ended: false }
    client.socket.on('error', () => {}).on('close', () => { client.ended = true })
    client.socket.on('data', (data) => { client.bytes += data.length; if (client.text.length < 1000) client.text += String(data) })
    await once(client.socket, 'connect')
    client.socket.write(sent)
    t.teardown(() => { client.socket.destroy() })
    return client
  }
  return { connections, open, seen }
}

const afterFirstByte = async (socket: Socket) => await new Promise<void>((resolve) => socket.once('data', () => { socket.pause(); resolve() }))

t.test('draining waits for a response that a client is still reading, and then closes its connection', async (t) => {
  const { connections, open } = await start(t, (_request, response) => response.end(LARGE))
  const client = await open(GET)
  await afterFirstByte(client.socket)
  const drained = connections.drain(10_000)
  setTimeout(() => client.socket.resume(), 1500)
  await drained
  await until(() => client.ended)
  t.ok(client.bytes > LARGE.length, `${client.bytes} bytes`)
})

t.test('draining closes idle connections immediately, and connections without a request after one second', async (t) => {
  const { connections, open, seen } = await start(t, (request, response) => { if (request.url !== '/wait') response.end('x') })
  const [idle, silent] = [await open(GET), await open()]
  const waiting = await open(GET.replace('/', '/wait'))
  await until(() => seen.includes('/wait'))
  await until(() => idle.text.endsWith('x'))
  const startedAt = performance.now()
  const drained = connections.drain(1500)
  await until(() => idle.ended, 'the close of the idle connection')
  t.ok(performance.now() - startedAt < 900)
  t.notOk(silent.ended)
  await until(() => silent.ended, 'the close of the connection without a request')
  t.notOk(waiting.ended, 'a pending response is not interrupted')
  await drained
  t.ok(performance.now() - startedAt < 2500, 'draining ends after its timeout')
  await until(() => waiting.ended)
})

t.test('requests during draining receive a response with Connection: close', async (t) => {
  const { connections, open, seen } = await start(t, (request, response) => { if (request.url !== '/wait') response.end('x') })
  await open(GET.replace('/', '/wait'))
  await until(() => seen.includes('/wait'))
  const late = await open()
  const drained = connections.drain(500)
  late.socket.write(GET)
  await until(() => late.ended)
  t.match(late.text, /^HTTP\/1\.1 200 OK\r\n(.*\r\n)*connection: close\r\n/i)
  await drained
})

t.test('after the announcement every response has Connection: close, including responses in progress', async (t) => {
  const { app, runs, listen } = await startApp(t)
  const connections = new Connections(app.server)
  const { opened, open } = gate()
  runs.handler = async () => { await opened; return decodedOf(COMPLETED) }
  const port = await listen()
  const running = fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers: { 'x-access-token': TOKEN, 'content-type': 'application/json' }, body: '{"code":"1"}' })
  await until(() => runs.requests.length === 1)
  connections.announceClose()
  for (const path of ['/livez', '/nowhere', '/version', '*x']) t.match(await exchange(port, GET.replace('/', path)), /^connection: close\r$/im, path)
  open()
  const response = await running
  t.equal(response.status, 200)
  t.equal(response.headers.get('connection'), 'close', 'the run\'s')
})

t.test('no pipelined response is lost after the announcement', async (t) => {
  const { connections, open, seen } = await start(t, (request, response) => {
    setTimeout(() => response.end(`response to ${request.url}`), request.url === '/1' ? 100 : 300)
  })
  const client = await open(GET.replace('/', '/1') + GET.replace('/', '/2'))
  await until(() => seen.includes('/2'))
  connections.announceClose()
  await until(() => client.ended)
  t.match(client.text, /keep-alive[^]*response to \/1[^]*connection: close[^]*response to \/2/i)
})

t.test('draining waits for all pipelined responses of a connection', async (t) => {
  const { connections, open, seen } = await start(t, (request, response) => {
    setTimeout(() => response.end(`response to ${request.url}`), request.url === '/1' ? 100 : 300)
  })
  const client = await open(GET.replace('/', '/1') + GET.replace('/', '/2'))
  await until(() => seen.includes('/2'))
  await connections.drain(10_000)
  await until(() => client.ended)
  t.match(client.text, /response to \/1[^]*response to \/2/)
})

t.test('new connections are refused during draining and afterwards, so that a load balancer can use another machine', async (t) => {
  const { connections, open, seen } = await start(t, () => {})
  await open(GET)
  await until(() => seen.length === 1)
  const drained = connections.drain(300)
  await new Promise((resolve) => setTimeout(resolve, 100))
  await t.rejects(open(), { code: 'ECONNREFUSED' })
  await drained
  await t.rejects(open(), { code: 'ECONNREFUSED' })
})

t.test('draining without connections completes immediately', async (t) => {
  const { connections } = await start(t, (_request, response) => response.end())
  const startedAt = performance.now()
  await connections.drain(10_000)
  t.ok(performance.now() - startedAt < 500)
})

t.test('draining does not wait for pipelined responses of a connection that was lost', async (t) => {
  const { connections, open, seen } = await start(t, () => {})
  const client = await open(GET + GET + GET)
  await until(() => seen.length === 3)
  client.socket.destroy()
  await new Promise((resolve) => setTimeout(resolve, 100))
  const startedAt = performance.now()
  await connections.drain(5000)
  t.ok(performance.now() - startedAt < 1000)
})
