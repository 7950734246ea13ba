import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import t from 'tap'

import { combine, load, startPeer } from '../../../../tools/bench/peers/measure.js'
import { freePort, httpPeer, listens, startServer, type Peer } from '../../../../tools/bench/peers/peer.js'

const GREETING = JSON.stringify({ stdout: 'Hello World!\n' })

/** A peer whose server sends the given responses, the last one again and again. */
async function start (t: { teardown: (work: () => Promise<unknown>) => void }, responses: Array<(response: ServerResponse, request: IncomingMessage) => void>) {
  const server = createServer((request, response) => (responses.length > 1 ? responses.shift() : responses[0])?.(response, request)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const peer = httpPeer('peer', {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/run`, headers: { 'X-Access-Token': 'T' }, body: { a: 1 }, outputOf: ({ stdout }) => stdout
  })
  t.teardown(async () => { await peer.stop(); server.close() })
  return peer
}

t.test('counts completed, refused and failed runs', async (t) => {
  const peer = await start(t, [
    (response, request) => { t.equal(request.headers['x-access-token'], 'T'); response.end(GREETING) },
    (response) => response.writeHead(503, { 'Retry-After': '1' }).end('{}'),
    (response) => response.writeHead(503).end('busy'),
    (response) => response.end('{"stdout":"other"}'),
    (response) => response.end('no JSON'),
    (response) => response.socket?.destroy()
  ])
  const outcomes = []
  for (let run = 0; run < 6; run++) outcomes.push(await peer.run())
  t.same(outcomes.map(({ outcome }) => outcome), ['completed', 'refused', 'failed', 'failed', 'failed', 'failed'])
  t.same(outcomes[2]?.reason, '503 busy')
})

t.test('measures for some time with several clients', async (t) => {
  let running = 0
  let most = 0
  const peer: Peer = {
    name: 'peer',
    run: async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running--
      return { outcome: 'completed' }
    },
    stop: async () => {}
  }
  const sample = await load(peer, 4, 0.1, { settleMs: 0 })
  t.equal(most, 4)
  t.ok(sample.runs >= 4 && sample.latency.length === sample.runs && sample.seconds >= 0.1)
})

t.test('a peer that fails the program is stopped and not measured', async (t) => {
  let stopped = 0
  const broken: Peer = { name: 'x', run: async () => ({ outcome: 'failed', reason: '500' }), stop: async () => { stopped++ } }
  await t.rejects(startPeer(async () => broken), { message: 'the program failed: 500' })
  t.equal(stopped, 1)
})

t.test('combines the samples of several rounds', async (t) => {
  const sample = { clients: 10, runs: 2, seconds: 1, refused: 1, failed: 0, latency: [10, 20], cpuMs: 100 }
  t.match(combine([sample, { ...sample, latency: [30, 40], failed: 1 }]), { clients: 10, runs: 4, refused: 2, failed: 1, perSecond: 2, p50: 25, cpuMsPerRun: 50 })
  t.equal(JSON.parse(JSON.stringify(combine([{ ...sample, runs: 0, latency: [] }]))).p50, null, 'without a completed run, there is no time')
})

t.test('starts a server on a free port, and reports one that exits', async (t) => {
  const port = await freePort()
  const stop = await startServer(process.execPath, ['-e', `require('node:http').createServer().listen(${port}, '127.0.0.1')`], { port })
  t.equal(await listens(port), true)
  await stop()
  t.equal(await listens(port), false)
  await t.rejects(startServer('false', [], { port }), { message: `false does not listen on port ${port}` })
})
