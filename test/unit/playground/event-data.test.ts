import t from 'tap'

import { eventData } from '../../../service/playground/event-data.js'

const TEXT = 'event: stdout\ndata: {"type":"stdout","text":"grüße 🦄"}\n\n:\n\nevent: result\ndata: {"type":"result"}\n\n'

async function dataOf (bytes: Uint8Array, chunkLength: number): Promise<string[]> {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (let at = 0; at < bytes.length; at += chunkLength) controller.enqueue(bytes.subarray(at, at + chunkLength))
      controller.close()
    }
  })
  const data = []
  for await (const each of eventData(body)) data.push(each)
  return data
}

t.test('chunks of a stream of events can end anywhere', async (t) => {
  const bytes = new TextEncoder().encode(TEXT)
  for (let length = 1; length <= bytes.length; length++) {
    t.same(await dataOf(bytes, length), ['{"type":"stdout","text":"grüße 🦄"}', '{"type":"result"}'], `chunks of ${length} bytes`)
  }
})

t.test('an event that is not complete when the stream ends is ignored', async (t) => {
  t.same(await dataOf(new TextEncoder().encode('data: {"a":1}\n\ndata: {"b"'), 4), ['{"a":1}'])
})
