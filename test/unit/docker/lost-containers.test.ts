import { connect, createServer } from 'node:net'

import t from 'tap'

import { serviceError, until } from '../fakes.js'
import { OURS, socketFile, start, startOn } from './start-sandbox.js'

t.test('a stream failure is an error, except for a pooled container that has not received its payload', async (t) => {
  const fresh = start(t)
  fresh.stream.destroy(new Error('broke'))
  await t.rejects(fresh.sandbox.exchange(Buffer.from(''), OURS), serviceError({ slug: 'docker.container.stream.read', message: /broke/ }))
  const pooled = start(t, { pooled: true })
  pooled.stream.destroy(new Error('broke'))
  t.match(await pooled.sandbox.exchange(Buffer.from('payload'), OURS), { end: 'lost' })
})

t.test('a pooled container whose stream ends after it has received the payload is not lost', async (t) => {
  const ended = start(t, { pooled: true })
  const exchange = ended.sandbox.exchange(Buffer.from('payload'), OURS)
  await until(() => ended.received() === 'payload')
  ended.container.end()
  t.match(await exchange, { end: 'eof' })
  const failed = start(t, { pooled: true })
  const failing = failed.sandbox.exchange(Buffer.from('payload'), OURS)
  await until(() => failed.received() === 'payload')
  failed.stream.destroy(new Error('broke'))
  await t.rejects(failing, serviceError({ slug: 'docker.container.stream.read', message: /broke/ }))
})

t.test('a pooled container is lost when the engine has closed its socket just before the payload is written', async (t) => {
  const path = socketFile(t)
  const server = createServer((socket) => { socket.destroy() }).listen(path)
  t.teardown(() => { server.close() })
  const stream = connect(path)
  // The server closes its end. This end does not read, so no event reports the close.
  await new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)))
  const { sandbox } = startOn(t, stream, { pooled: true })
  t.equal(sandbox.ended, false)
  t.match(await sandbox.exchange(Buffer.from('payload'), OURS), { end: 'lost' })
})
