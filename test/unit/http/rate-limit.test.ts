import t from 'tap'

import { SECOND_TOKEN, startApp, TOKEN, type StartedApp } from './start-app.js'

t.test('an address that exceeds its rate limit gets 429 with Retry-After before its token is checked', async (t) => {
  const { app } = await startApp(t, { env: { RATE_LIMIT_IP_MAX: '3', RATE_LIMIT_WINDOW: '30' } })
  const ask = async (token: string, remoteAddress = '10.0.0.1') => await app.inject({ url: '/version', headers: { 'x-access-token': token }, remoteAddress })
  t.same([(await ask('wrong-1')).statusCode, (await ask('wrong-2')).statusCode, (await ask(TOKEN)).statusCode], [401, 401, 200], 'requests with wrong tokens count')
  const response = await ask(TOKEN)
  t.equal(response.statusCode, 429)
  t.equal(response.json().error, 'rate_limit')
  const seconds = Number(response.headers['retry-after'])
  t.ok(seconds >= 1 && seconds <= 30, `Retry-After: ${seconds}`)
  t.equal((await ask(TOKEN, '10.0.0.2')).statusCode, 200, 'another address has a separate limit')
  t.equal((await app.inject({ url: '/livez', remoteAddress: '10.0.0.1' })).statusCode, 200, 'health checks are not limited')
})

/** Returns the status codes of requests from these addresses, each with its X-Forwarded-For header. */
async function statuses (app: StartedApp['app'], requests: Array<[remoteAddress: string, forwardedFor?: string]>): Promise<number[]> {
  const found: number[] = []
  for (const [remoteAddress, forwardedFor] of requests) {
    const headers = { 'x-access-token': TOKEN, ...forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor } }
    found.push((await app.inject({ url: '/version', headers, remoteAddress })).statusCode)
  }
  return found
}

t.test('addresses of one IPv6 network share a limit; an IPv4-mapped address counts as the IPv4 address', async (t) => {
  const env = { RATE_LIMIT_IP_MAX: '2' }
  const { app } = await startApp(t, { env })
  t.same(await statuses(app, [['2001:db8::1'], ['2001:db8::ffff:0:0:9'], ['2001:DB8:0:0:5::'], ['2001:db8:0:1::1']]), [200, 200, 429, 200], '/64')
  t.same(await statuses(app, [['::ffff:192.0.2.1'], ['192.0.2.1'], ['::ffff:c000:201'], ['::ffff:192.0.2.2']]), [200, 200, 429, 200])
  const narrow = await startApp(t, { env: { ...env, RATE_LIMIT_IPV6_PREFIX: '128' } })
  t.same(await statuses(narrow.app, [['2001:db8::1'], ['2001:db8::1'], ['2001:db8::1'], ['2001:db8::2']]), [200, 200, 429, 200], '/128')
  const wide = await startApp(t, { env: { ...env, RATE_LIMIT_IPV6_PREFIX: '48' } })
  t.same(await statuses(wide.app, [['2001:db8:0:1::'], ['2001:db8:0:2::'], ['2001:db8:0:3::'], ['2001:db8:1::']]), [200, 200, 429, 200], '/48')
})

t.test('X-Forwarded-For from an untrusted address has no effect', async (t) => {
  for (const env of [{}, { TRUST_PROXY: '10.0.0.0/8 fd00::1' }]) {
    const { app } = await startApp(t, { env: { RATE_LIMIT_IP_MAX: '1', ...env } })
    for (const peer of ['192.0.2.1', '11.0.0.1', 'fd00::2', '::ffff:192.0.2.9']) {
      t.same(await statuses(app, [[peer, '1.1.1.1'], [peer, '1.1.1.2'], [peer, '10.0.0.1'], [peer, '1.1.1.3, 10.0.0.1']]), [200, 429, 429, 429], peer)
    }
  }
})

t.test('behind trusted proxies, the last address that is not a trusted proxy is the client address', async (t) => {
  const { app } = await startApp(t, { env: { RATE_LIMIT_IP_MAX: '2', TRUST_PROXY: '10.0.0.0/8 fd00::1' } })
  t.same(await statuses(app, [['10.0.0.1', '192.0.2.1'], ['10.0.0.2', '192.0.2.1'], ['fd00::1', '192.0.2.1'], ['10.0.0.1', '192.0.2.2']]), [200, 200, 429, 200], 'any trusted proxy')
  t.same(await statuses(app, [['10.0.0.1', '1.1.1.1, 192.0.2.3'], ['10.0.0.1', '1.1.1.2, 192.0.2.3'], ['10.0.0.1', '192.0.2.3'], ['10.0.0.1', '10.9.9.9, 192.0.2.3']]), [200, 200, 429, 429], 'addresses that the client added are ignored')
  t.same(await statuses(app, [['10.0.0.1', '192.0.2.4, 10.0.0.7'], ['10.0.0.1', '192.0.2.4, 10.0.0.8, 10.0.0.9'], ['::ffff:10.0.0.1', '192.0.2.4']]), [200, 200, 429], 'two proxies')
  t.same(await statuses(app, [['10.0.0.1', '2001:db8::1'], ['10.0.0.1', '2001:db8::2'], ['10.0.0.1', '2001:db8::3']]), [200, 200, 429], 'IPv6 addresses count by network')
  t.same(await statuses(app, [['10.0.0.5', 'nonsense-1'], ['10.0.0.5', 'nonsense-2'], ['10.0.0.5']]), [200, 200, 429], 'invalid addresses count towards the proxy')
})

t.test('a token that exceeds its rate limit gets 429 from any address', async (t) => {
  const { app } = await startApp(t, { env: { RATE_LIMIT_TOKEN_MAX: '2' } })
  const ask = async (token: string, address: number) =>
    (await app.inject({ url: '/version', headers: { 'x-access-token': token }, remoteAddress: `10.0.0.${address}` })).statusCode
  t.same([await ask(TOKEN, 1), await ask(TOKEN, 2), await ask(TOKEN, 3)], [200, 200, 429])
  t.equal(await ask(SECOND_TOKEN, 1), 200, 'another token has a separate limit')
  for (let i = 0; i < 5; i++) t.equal(await ask(`wrong-${i}`, 9), 401, 'random tokens do not have separate limits')
})

t.test('routes share one limit', async (t) => {
  const { inject, post } = await startApp(t, { env: { RATE_LIMIT_TOKEN_MAX: '2' } })
  t.equal((await post('/', { code: '' })).statusCode, 200)
  t.equal((await inject({ url: '/version' })).statusCode, 200)
  t.equal((await post('/run/python', { code: '' })).statusCode, 429)
})

t.test('limits are counted separately: a refused request does not count towards the limit of another token', async (t) => {
  const { app } = await startApp(t, { env: { RATE_LIMIT_TOKEN_MAX: '1', RATE_LIMIT_IP_MAX: '100' } })
  const ask = async (token: string) => (await app.inject({ url: '/version', headers: { 'x-access-token': token } })).statusCode
  t.same([await ask(TOKEN), await ask(TOKEN), await ask(SECOND_TOKEN)], [200, 429, 200])
})

t.test('limits are disabled by default', async (t) => {
  const { inject } = await startApp(t)
  for (let i = 0; i < 50; i++) t.equal((await inject({ url: '/version' })).statusCode, 200)
})
