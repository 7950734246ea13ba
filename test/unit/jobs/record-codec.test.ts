import t from 'tap'

import { RecordCodec } from '../../../service/jobs/record-codec.js'

const KEY = Buffer.alloc(32, 1)
const JSON_TEXT = Buffer.from('{"stdout":"a secret"}')

t.test('an encrypted record can be read only with its key, in its context, and unchanged', (t) => {
  const codec = new RecordCodec(KEY)
  const sealed = codec.seal(JSON_TEXT, 'a')
  t.notOk(sealed.includes('secret'))
  t.notSame(codec.seal(JSON_TEXT, 'a'), sealed, 'each record has its own nonce')
  t.same(codec.open(sealed, 'a'), JSON_TEXT)
  t.throws(() => codec.open(sealed, 'b'))
  t.throws(() => new RecordCodec(Buffer.alloc(32, 2)).open(sealed, 'a'))
  t.throws(() => new RecordCodec(undefined).open(sealed, 'a'), /JOBS_KEY is not set/)
  const changed = Buffer.from(sealed)
  changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1)
  t.throws(() => codec.open(changed, 'a'))
  t.end()
})

t.test('without a key, records are plain JSON, which a service with a key can also read', (t) => {
  const plain = new RecordCodec(undefined)
  t.equal(plain.seal(JSON_TEXT, 'a'), JSON_TEXT)
  t.same(new RecordCodec(KEY).open(JSON_TEXT, 'a'), JSON_TEXT)
  t.same(plain.encode({ a: 1 }, 'a'), { a: 1 })
  t.same(new RecordCodec(KEY).decode({ a: 1 }, 'a'), { a: 1 })
  t.end()
})

t.test('the data of a job are encoded as JSON', (t) => {
  const codec = new RecordCodec(KEY)
  const data = codec.encode({ payload: 'print(1)' }, 'a')
  t.type(data, 'string')
  t.same(codec.decode(JSON.parse(JSON.stringify(data)), 'a'), { payload: 'print(1)' })
  t.end()
})
