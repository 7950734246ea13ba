import { isDeepStrictEqual } from 'node:util'

import fc from 'fast-check'
import t from 'tap'

import { Demultiplexer } from '../../../service/docker/demultiplexer.js'
import { frame } from '../fake-engine.js'
import { cutsOf, limitMs, search } from '../properties.js'

t.setTimeout(limitMs(2))

interface Taken { stdout: string, stderr: string, refused: boolean }

/** What a demultiplexer makes of chunks, up to where it refuses them. */
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

/** The stream's format as Docker tells it, read from bytes that are all there: the judge of the one that gets them in pieces. */
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
/** Frames, then anything: a header cut short, a wrong one, a length that never comes. */
const streams = fc.tuple(frames, fc.oneof({ weight: 2, arbitrary: fc.constant(Buffer.alloc(0)) }, rubbish)).map((parts) => Buffer.concat(parts))
const borders = fc.array(fc.nat(5000), { maxLength: 30 })

t.test('any stream, cut at any borders, gives what the whole one gives', async (t) => {
  t.pass(`${search(fc.property(streams, borders, (bytes, places) => isDeepStrictEqual(taken(cutsOf(bytes, places)), taken([bytes]))))} streams`)
})

t.test('any stream gives what Docker\'s format says', async (t) => {
  t.pass(`${search(fc.property(streams, borders, (bytes, places) => isDeepStrictEqual(taken(cutsOf(bytes, places)), read(bytes))))} streams`)
})
