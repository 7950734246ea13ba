import { once } from 'node:events'

import t from 'tap'

import { Engine } from '../../../service/docker/engine.js'
import { FakeEngine, upgrade } from '../fake-engine.js'

t.test('attaches to all three streams with an Upgrade request without a body', async (t) => {
  const engine = await FakeEngine.start(t)
  const stream = await engine.client(t, 1000).attach('c1')
  stream.destroy()
  const [call] = engine.calls
  t.match(call, { method: 'POST', path: '/containers/c1/attach', body: '' })
  t.same([...(call?.query ?? [])].sort(), [['stderr', '1'], ['stdin', '1'], ['stdout', '1'], ['stream', '1']])
})

t.test('output that arrives with the engine\'s response is kept', async (t) => {
  const engine = await FakeEngine.start(t)
  engine.onAttach = (socket) => {
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nfirst words')
  }
  const stream = await engine.client(t, 1000).attach('c1')
  t.equal(String((await once(stream, 'data'))[0]), 'first words')
  stream.destroy()
})

t.test('the container receives the payload and EOF, and can then send output', async (t) => {
  const engine = await FakeEngine.start(t)
  const received: string[] = []
  engine.onAttach = (socket) => {
    upgrade(socket)
    socket.on('data', (data) => received.push(String(data)))
    socket.on('end', () => socket.end('answer'))
  }
  const stream = await engine.client(t, 1000).attach('c1')
  stream.end('payload')
  t.equal(String((await once(stream, 'data'))[0]), 'answer')
  t.equal(received.join(''), 'payload')
})

t.test('an error response is reported with the engine\'s message and status', async (t) => {
  const engine = await FakeEngine.start(t)
  const body = '{"message":"No such container: c1"}'
  engine.onAttach = (socket) => { socket.end(`HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`) }
  await t.rejects(engine.client(t, 1000).attach('c1'), { message: 'No such container: c1', statusCode: 404 })
})

t.test('an error response without a message is reported with the status', async (t) => {
  const engine = await FakeEngine.start(t)
  engine.onAttach = (socket) => { socket.end('HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops') }
  await t.rejects(engine.client(t, 1000).attach('c1'), { message: /500/ })
})

t.test('each missing response causes an error within the timeout', async (t) => {
  const cases: Array<[string, FakeEngine['onAttach'], RegExp]> = [
    ['silence', () => {}, /within \d+ ms/],
    ['a hang-up', (socket) => { socket.destroy() }, /hang up|ECONNRESET/],
    ['an incomplete error response without an end', (socket) => { socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 50\r\n\r\n{"mess') }, /within \d+ ms|aborted/],
    ['an error response that is cut off', (socket) => {
      socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 50\r\n\r\n{"mess')
      setTimeout(() => socket.destroy(), 20)
    }, /aborted|ECONNRESET/],
    ['rubbish', (socket) => { socket.end('SSH-2.0-OpenSSH_9.2\r\n') }, /Parse Error/]
  ]
  for (const [what, onAttach, message] of cases) {
    const engine = await FakeEngine.start(t)
    engine.onAttach = onAttach
    const late = new Promise((_resolve, reject) => setTimeout(() => reject(new Error('timeout')), 10_000).unref())
    await t.rejects(Promise.race([engine.client(t, 1500).attach('c1'), late]), { message }, what)
  }
})

t.test('the connection error is thrown if there is no engine', async (t) => {
  const client = new Engine({ socketPath: '/nonexistent/docker.sock', readTimeoutMs: 500, writeTimeoutMs: 500 })
  await t.rejects(client.attach('c1'), { code: 'ENOENT' })
})
