import t from 'tap'
import fc from 'fast-check'

import { EventDecoder, type RunEvent } from '../../../service/protocol/event-decoder.js'
import { COMPLETED } from '../fakes.js'

const RESULT = JSON.stringify(COMPLETED)
const RESULT_LINE = `{"type":"result","result":${RESULT}}\n`

function decode (...chunks: Array<string | Buffer>) {
  const events: RunEvent[] = []
  const decoder = new EventDecoder((event) => events.push(event))
  for (const chunk of chunks) decoder.push(Buffer.from(chunk))
  return { events, result: decoder.result?.toString(), pendingBytes: decoder.pendingBytes, rest: decoder.rest.toString() }
}

void t.test('each line is an event, and the result ends the stream', async (t) => {
  const build = '{"type":"build","build":{"stdout":"","stderr":"","exitCode":0,"duration":1}}'
  const ended = '{"type":"case","index":0,"result":{"stdout":""}}'
  const { events, result } = decode(
    `\n${build}\n{"type":"stdout","text":"a\\n"}\n{"type":"stderr","base64":"/w==","case":1}\n${ended}\n${RESULT_LINE}{"type":"stdout","text":"late"}\n`)
  t.same(events, [
    { type: 'build', json: Buffer.from(build) },
    { type: 'stdout', text: 'a\n' },
    { type: 'stderr', base64: '/w==', case: 1 },
    { type: 'case', json: Buffer.from(ended) }
  ])
  t.equal(result, RESULT, 'the bytes of the result, and no event after it')
})

void t.test('events of a later version are ignored', async (t) => {
  t.match(decode('{"type":"progress","percent":1}\n', RESULT_LINE), { events: [], result: RESULT })
})

void t.test('a line that is not an event ends the stream', async (t) => {
  const lines = [
    RESULT, 'rubbish', '[]', '{"text":"x"}', '{"type":1}', '{"type":"stdout"}', '{"type":"stdout","text":1}', '{"type":"stdout","text":"\\x"}',
    '{"type":"build"}', '{"type":"case","index":1}', '{"type":"result"}'
  ]
  for (const line of lines) t.match(decode(`${line}\n`, RESULT_LINE), { events: [], result: line }, line)
})

void t.test('an incomplete line is kept', async (t) => {
  t.match(decode('{"type":"std', 'out"'), { events: [], result: undefined, pendingBytes: 16, rest: '{"type":"stdout"' })
})

void t.test('chunks can end anywhere', async (t) => {
  const text = Buffer.from(`{"type":"stdout","text":"ä🎉\\n"}\n{"type":"stderr","text":"x"}\n${RESULT_LINE}`)
  const whole = decode(text)
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: text.length })), (cuts) => {
    const ends = [...cuts.sort((a, b) => a - b), text.length]
    const split = decode(...ends.map((end, index) => text.subarray(ends[index - 1] ?? 0, end)))
    t.same(split, whole)
  }), { numRuns: 50 })
})
