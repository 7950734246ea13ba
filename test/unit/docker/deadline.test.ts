import { spawn } from 'node:child_process'
import { createServer, type Socket } from 'node:net'

import t from 'tap'

import { frame } from '../fake-engine.js'
import { FOREIGN, OURS, RESULT, socketFile, start, startOn, type Teardown } from './start-sandbox.js'

/** A program that connects, waits for a byte, and writes one frame. The frame is the second argument, with % replaced by x as often as required. */
const PEER = `
  const [path, text, count] = process.argv.slice(1)
  const output = Buffer.from(text.replace('%', 'x'.repeat(Number(count))))
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(output.length, 4)
  require('net').connect(path).once('data', function () { this.write(Buffer.concat([header, output])) })`

for (const [what, output, count, expected] of [
  ['a result that arrived', '{"stdout":"%"}\n', 0, { end: 'result' }],
  ['a result larger than the socket buffer', '{"stdout":"%"}\n', 3_000_000, { end: 'result' }],
  ['an incomplete result that arrived', '{"std', 0, { end: 'deadline', stdout: Buffer.from('{"std') }]
] as const) {
  t.test(`${what} while the service was suspended beyond the deadline is read`, async (t) => {
    const stream = await peer(t, output, String(count))
    const { sandbox } = startOn(t, stream)
    const exchange = sandbox.exchange(Buffer.from('payload'), { ...OURS, deadlineMs: 300, maxBytes: 10_000_000 })
    await new Promise(setImmediate)
    block(800)
    t.match(await exchange, expected)
  })
}

t.test('at the deadline a container counts as unresponsive if the engine does not report it as running', async (t) => {
  const { sandbox } = start(t, { isRunning: async () => false })
  t.equal((await sandbox.exchange(Buffer.from('payload'), { ...OURS, deadlineMs: 20 })).end, 'unresponsive')
})

t.test('a result that arrives during the request to the engine is used', async (t) => {
  let asked = () => {}
  const question = new Promise<void>((resolve) => { asked = resolve })
  const { sandbox, container } = start(t, { isRunning: async () => { asked(); return await new Promise(() => {}) } })
  const exchange = sandbox.exchange(Buffer.from('payload'), { ...OURS, deadlineMs: 20 })
  await question
  container.write(frame(1, RESULT))
  t.equal((await exchange).end, 'result')
})

t.test('no request is sent to the engine for a foreign image', async (t) => {
  const { sandbox } = start(t, { isRunning: async () => { throw new Error('asked') } })
  t.equal((await sandbox.exchange(Buffer.from('payload'), { ...FOREIGN, deadlineMs: 20 })).end, 'deadline')
})

/** Returns a socket to another process, which writes its output after it receives the payload. */
async function peer (t: Teardown, output: string, count: string): Promise<Socket> {
  const path = socketFile(t)
  const server = createServer().listen(path)
  const child = spawn(process.execPath, ['-e', PEER, path, output, count], { stdio: 'inherit', env: {} })
  t.teardown(() => { child.kill('SIGKILL'); server.close() })
  return await new Promise((resolve) => server.once('connection', resolve))
}

/** Blocks the event loop for `ms` milliseconds, like a suspension of the process. */
function block (ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
