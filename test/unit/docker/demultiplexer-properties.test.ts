import { isDeepStrictEqual } from 'node:util'

import fc from 'fast-check'
import t from 'tap'

import { Demultiplexer } from '../../../service/docker/demultiplexer.js'
import { frame } from '../fake-engine.js'
import { cutsOf, limitMs, search } from '../properties.js'

t.setTimeout(limitMs(2))

interface Taken { stdout: string, stderr: string, refused: boolean }

/** Returns the output of a demultiplexer for the chunks, up to the first chunk that it rejects. */
function taken (chunks: Buffer[]): Taken {
  const out: Buffer[] = []
  const err: Buffer[] = []
  const demultiplexer = new Demultiplexer((bytes) => out.push(bytes), (bytes) => err.push(bytes))
  let refused = false
  try {
    for (const chunk of chunks) demultiplexer.push(chunk)
  } catch {
    refused = true
  }
  return { stdout: Buffer.concat(out).toString('latin1'), stderr: Buffer.concat(err).toString('latin1'), refused }
}

/** Second implementation of Docker's stream format, for complete input. The demultiplexer must return the same output. */
function read (bytes: Buffer): Taken {
  const all: Taken = { stdout: '', stderr: '', refused: false }
  for (let at = 0; at + 8 <= bytes.length;) {
    const [type, ...zeros] = bytes.subarray(at, at + 4)
    if (![0, 1, 2].includes(type ?? 3) || zeros.some((byte) => byte !== 0)) return { ...all, refused: true }
    const end = at + 8 + bytes.readUInt32BE(at + 4)
    all[type === 2 ? 'stderr' : 'stdout'] += bytes.toString('latin1', at + 8, end)
    at = end
  }
  return all
}

const frames = fc.array(fc.tuple(fc.constantFrom<0 | 1 | 2>(0, 1, 2), fc.uint8Array({ maxLength: 300 })), { maxLength: 12 })
  .map((list) => Buffer.concat(list.map(([type, content]) => frame(type, Buffer.from(content)))))
const rubbish = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))
/** Generates frames followed by arbitrary bytes: a truncated header, an invalid header, or a length without data. */
const streams = fc.tuple(frames, fc.oneof({ weight: 2, arbitrary: fc.constant(Buffer.alloc(0)) }, rubbish)).map((parts) => Buffer.concat(parts))
const borders = fc.array(fc.nat(5000), { maxLength: 30 })

t.test('the output does not depend on how the stream is split into chunks', async (t) => {
  t.pass(`${search(fc.property(streams, borders, (bytes, places) => isDeepStrictEqual(taken(cutsOf(bytes, places)), taken([bytes]))))} streams`)
})

t.test('the output equals that of a second implementation of Docker\'s format', async (t) => {
  t.pass(`${search(fc.property(streams, borders, (bytes, places) => isDeepStrictEqual(taken(cutsOf(bytes, places)), read(bytes))))} streams`)
})
