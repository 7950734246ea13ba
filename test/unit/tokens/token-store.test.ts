import { createHash } from 'node:crypto'

import t from 'tap'

import { imageMatcher } from '../../../service/docker/image-names.js'
import { TokenStore, type TokenEntry } from '../../../service/tokens/token-store.js'
import { serviceError } from '../fakes.js'

const entry = (name: string, token: string, others: Partial<TokenEntry> = {}): TokenEntry =>
  ({ name, digest: createHash('sha256').update(token).digest(), policy: {}, images: undefined, ...others })

function start () {
  const store = new TokenStore({ environment: [{ name: 'default', token: 'from-the-environment' }], hasFile: true, imageMatcher })
  return { store, nameOf: (token: string) => store.nameOf(Buffer.from(token)) }
}

t.test('tokens from the environment and from the file are valid; a removed token is not', async (t) => {
  const { store, nameOf } = start()
  t.same([nameOf('from-the-environment'), nameOf('first'), nameOf('')], ['default', undefined, undefined])
  store.replace([entry('a', 'first'), entry('b', 'second')])
  t.same([nameOf('from-the-environment'), nameOf('first'), nameOf('second')], ['default', 'a', 'b'])
  store.replace([entry('a', 'replaced')])
  t.same([nameOf('from-the-environment'), nameOf('first'), nameOf('second'), nameOf('replaced')], ['default', undefined, undefined, 'a'])
  t.same([store.policyOf('a'), store.policyOf('b'), store.names], [{}, undefined, ['default', 'a']])
})

t.test('the hash of a token is not a token', async (t) => {
  const { store, nameOf } = start()
  store.replace([entry('a', 'first')])
  t.equal(nameOf(createHash('sha256').update('first').digest('hex')), undefined)
})

t.test('a token with patterns may use only images that match', async (t) => {
  const { store } = start()
  store.replace([entry('a', 'first', { images: ['runonce/python', 'runonce/c*:latest'] }), entry('b', 'second')])
  for (const ref of ['runonce/python', 'runonce/python:latest', 'runonce/python:3', 'runonce/cpp:latest', 'localhost/runonce/python:latest']) {
    t.doesNotThrow(() => store.checkImage('a', ref), ref)
  }
  for (const ref of ['runonce/java', 'runonce/pythonx', 'x/runonce/python', 'runonce/c:1', 'runonce/c/d:latest']) {
    t.throws(() => store.checkImage('a', ref), serviceError({ statusCode: 403, slug: 'image.not_allowed', message: /allowed images: runonce\/python runonce\/c\*:latest$/ }), ref)
  }
  for (const name of ['default', 'b']) t.doesNotThrow(() => store.checkImage(name, 'runonce/java'), name)
})
