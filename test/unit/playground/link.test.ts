import { deflateRawSync } from 'node:zlib'

import t from 'tap'

import { fromFragment, toFragment } from '../../../service/playground/link.js'

const fragmentOf = (code: Buffer) => `language=c&code=${deflateRawSync(code).toString('base64url')}`

t.test('a fragment contains the language and the program', async (t) => {
  for (const code of ['', 'print("grüße 🦄")\n', '+/=&#%\0\r\n', 'x'.repeat(100_000), '\u{10ffff}'.repeat(300)]) {
    const fragment = await toFragment({ language: 'c++ & co', code })
    t.match(fragment, /^[\w%+&=.-]+$/, 'the fragment needs no encoding')
    t.same(await fromFragment(fragment), { language: 'c++ & co', code })
  }
})

t.test('repeated text is compressed', async (t) => {
  t.ok((await toFragment({ language: 'c', code: 'int x;\n'.repeat(1000) })).length < 100)
})

t.test('an invalid fragment, or one that contains too much, is ignored', async (t) => {
  t.ok(await fromFragment(fragmentOf(Buffer.alloc(1024 * 1024))))
  for (const fragment of ['', 'language=c', 'code=AA', 'language=c&code=?', 'language=c&code=AAAA', 'language=c&code=%', fragmentOf(Buffer.alloc(1024 * 1024 + 1)), fragmentOf(Buffer.alloc(200_000_000))]) {
    t.equal(await fromFragment(fragment), undefined, fragment.slice(0, 40))
  }
})
