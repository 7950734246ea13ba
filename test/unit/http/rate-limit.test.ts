import t from 'tap'

import { SECOND_TOKEN, startApp, TOKEN } from './start-app.js'

t.test('an address over its rate gets 429 with Retry-After, before its token is checked', async (t) => {
  const { app } = await startApp(t, { env: { RATE_LIMIT_IP_MAX: '3', RATE_LIMIT_WINDOW: '30' } })
  const ask = async (token: string, remoteAddress = '10.0.0.1') => await app.inject({ url: '/version', headers: { 'x-access-token': token }, remoteAddress })
  t.same([(await ask('wrong-1')).statusCode, (await ask('wrong-2')).statusCode, (await ask(TOKEN)).statusCode], [401, 401, 200], 'wrong tokens count')
  const response = await ask(TOKEN)
  t.equal(response.statusCode, 429)
  t.equal(response.json().error, 'rate_limit')
  const seconds = Number(response.headers['retry-after'])
  t.ok(seconds >= 1 && seconds <= 30, `Retry-After: ${seconds}`)
  t.equal((await ask(TOKEN, '10.0.0.2')).statusCode, 200, 'another address has its own')
  t.equal((await app.inject({ url: '/livez', remoteAddress: '10.0.0.1' })).statusCode, 200, 'health checks go on')
})

t.test('a token over its rate gets 429 from any address', async (t) => {
  const { app } = await startApp(t, { env: { RATE_LIMIT_TOKEN_MAX: '2' } })
  const ask = async (token: string, address: number) =>
    (await app.inject({ url: '/version', headers: { 'x-access-token': token }, remoteAddress: `10.0.0.${address}` })).statusCode
  t.same([await ask(TOKEN, 1), await ask(TOKEN, 2), await ask(TOKEN, 3)], [200, 200, 429])
  t.equal(await ask(SECOND_TOKEN, 1), 200, 'another token has its own')
  for (let i = 0; i < 5; i++) t.equal(await ask(`wrong-${i}`, 9), 401, 'random tokens get no allowance')
})

t.test('routes share one limit', async (t) => {
  const { inject, post } = await startApp(t, { env: { RATE_LIMIT_TOKEN_MAX: '2' } })
  t.equal((await post('/', { code: '' })).statusCode, 200)
  t.equal((await inject({ url: '/version' })).statusCode, 200)
  t.equal((await post('/run/python', { code: '' })).statusCode, 429)
})

t.test('the limits count separately: a refused token does not use up another token\'s', async (t) => {
  const { app } = await startApp(t, { env: { RATE_LIMIT_TOKEN_MAX: '1', RATE_LIMIT_IP_MAX: '100' } })
  const ask = async (token: string) => (await app.inject({ url: '/version', headers: { 'x-access-token': token } })).statusCode
  t.same([await ask(TOKEN), await ask(TOKEN), await ask(SECOND_TOKEN)], [200, 429, 200])
})

t.test('limits are off unless they are set', async (t) => {
  const { inject } = await startApp(t)
  for (let i = 0; i < 50; i++) t.equal((await inject({ url: '/version' })).statusCode, 200)
})
