import t from 'tap'

import { Demultiplexer } from '../../../service/docker/demultiplexer.js'
import { frame } from '../fake-engine.js'

function demultiplex (chunks: Buffer[]): { stdout: string, stderr: string } {
  const out: Buffer[] = []
  const err: Buffer[] = []
  const demultiplexer = new Demultiplexer((bytes) => out.push(bytes), (bytes) => err.push(bytes))
  for (const chunk of chunks) demultiplexer.push(chunk)
  return { stdout: Buffer.concat(out).toString('latin1'), stderr: Buffer.concat(err).toString('latin1') }
}

t.test('accepts single bytes with empty chunks in between', async (t) => {
  const bytes = Buffer.concat([frame(1, 'out'), frame(2, ''), frame(2, 'err'), frame(1, 'put')])
  const chunks = [...bytes].flatMap((byte) => [Buffer.from([byte]), Buffer.alloc(0)])
  t.same(demultiplex(chunks), { stdout: 'output', stderr: 'err' })
})

t.test('frames of type stdin count as stdout, as in Docker\'s client', async (t) => {
  t.same(demultiplex([frame(0, 'x')]), { stdout: 'x', stderr: '' })
})

t.test('a stream that is not multiplexed is reported as such', async (t) => {
  const headers = ['{"stdout', '0300000000000001', '01010000000000ff', '0100010000000001', 'ff00000000000000'].map((text) => text.startsWith('{') ? Buffer.from(text) : Buffer.from(text, 'hex'))
  for (const bytes of headers) t.throws(() => demultiplex([bytes]), { message: /Not a multiplexed stream/ }, bytes.toString('hex'))
  t.throws(() => demultiplex([frame(1, 'fine'), Buffer.from('not fine')]), { message: /Not a multiplexed stream/ })
})
