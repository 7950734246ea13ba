import type { Redis } from 'ioredis'
import t from 'tap'

import { WebhookEndpoints } from '../../../service/jobs/webhook-endpoints.js'

const URL_A = new URL('https://example.com/hook?secret=1')
const URL_B = new URL('https://example.com/other')

/** The Redis commands of `WebhookEndpoints`, without expiry. */
function fakeRedis (): Redis {
  const values = new Map<string, number>()
  return {
    incr: async (key: string) => {
      values.set(key, (values.get(key) ?? 0) + 1)
      return values.get(key)
    },
    pexpire: async () => 1,
    set: async (key: string, value: number, _unit: string, ms: number) => { values.set(key, value && ms) },
    del: async (key: string) => { values.delete(key) },
    pttl: async (key: string) => values.get(key) ?? -2
  } as unknown as Redis
}

t.test('twenty failures in a row disable an endpoint, for one token only', async (t) => {
  const endpoints = new WebhookEndpoints(fakeRedis())
  for (let i = 0; i < 19; i++) t.equal(await endpoints.failed('first', URL_A), false)
  t.equal(await endpoints.disabledMs('first', URL_A), 0)
  t.equal(await endpoints.failed('first', new URL('https://example.com/hook?secret=2')), true, 'the query does not matter')
  t.ok(await endpoints.disabledMs('first', URL_A) > 0)
  t.equal(await endpoints.disabledMs('second', URL_A), 0, 'another token')
  t.equal(await endpoints.disabledMs('first', URL_B), 0, 'another endpoint')
})

t.test('a success resets the count', async (t) => {
  const endpoints = new WebhookEndpoints(fakeRedis())
  for (let i = 0; i < 19; i++) await endpoints.failed('first', URL_A)
  await endpoints.succeeded('first', URL_A)
  t.equal(await endpoints.failed('first', URL_A), false)
})
