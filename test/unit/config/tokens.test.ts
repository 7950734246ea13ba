import t from 'tap'

import { readConfig } from '../../../service/config/config.js'
import { errorsOf } from './errors-of.js'

const TOKEN = 'correct-horse-battery-staple'

t.test('the service does not start without a token', async (t) => {
  for (const env of [{}, { API_ACCESS_TOKEN: '' }, { API_ACCESS_TOKENS: `a:${TOKEN}` }]) t.match(errorsOf(env), [/^API_ACCESS_TOKEN: not set: must be the token/], JSON.stringify(env))
})

t.test('a weak token causes a warning on loopback and an error on other addresses; neither contains the token', async (t) => {
  for (const token of ['too-brief', 'fifteen-charact', 'access-token-from-systemd-service', 'some-secret-access-token', 'change-me-please-now', 'your_secret_token', 'xxxxxxxxxxxxxxxxxxxx', '00000000000000000000', 'my-test-access-token', 'API-KEY', 'password12345678901']) {
    for (const address of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) {
      const { warnings } = readConfig({ API_ACCESS_TOKEN: token, SERVER_LISTEN_ADDR: address })
      t.match(warnings, [/^API_ACCESS_TOKEN: the token is/], `${token} on ${address}`)
      t.notOk(warnings.join('').includes(token))
    }
    for (const address of ['0.0.0.0', '10.0.0.1', '::', '192.168.1.1', '::ffff:10.0.0.1']) {
      const lines = errorsOf({ API_ACCESS_TOKEN: token, SERVER_LISTEN_ADDR: address })
      t.match(lines, [/^API_ACCESS_TOKEN: invalid token \(hidden\), which is/], `${token} on ${address}`)
      t.notOk(lines.join('').includes(token))
    }
  }
  for (const token of [TOKEN, 'sixteen-letters!', 'b7f3c1e09d5a4426', 'пароль-из-шестнадцати']) t.same(readConfig({ API_ACCESS_TOKEN: token, SERVER_LISTEN_ADDR: '0.0.0.0' }).warnings, [], token)
})

t.test('a token that is invalid in a header causes an error', async (t) => {
  for (const token of [`${TOKEN} `, ` ${TOKEN}`, `${TOKEN}\r`, `${TOKEN}\n`, `${TOKEN}\0x`, `\t${TOKEN}`]) {
    const lines = errorsOf({ API_ACCESS_TOKEN: token })
    t.match(lines, [/^API_ACCESS_TOKEN: invalid token \(hidden\): must not .* header/], JSON.stringify(token))
    t.notOk(lines.join('').includes(TOKEN))
  }
})

t.test('additional tokens have names', async (t) => {
  const { tokens } = readConfig({ API_ACCESS_TOKEN: TOKEN, API_ACCESS_TOKENS: ' a:first-further-token1  b.c-d_E:with:colons:in:it:1 ' })
  t.same(tokens, [{ name: 'default', token: TOKEN }, { name: 'a', token: 'first-further-token1' }, { name: 'b.c-d_E', token: 'with:colons:in:it:1' }])
  const secret = 'a-secret-that-is-not-shown'
  const cases: Array<[string, RegExp]> = [
    [secret, /invalid entry 1 \(hidden\): must be name:token/], [`:${secret}`, /entry 1/], ['a:', /entry 1/], [`a/b:${secret}`, /entry 1/], [`x:${TOKEN} ${secret}`, /entry 2/],
    [`a:${secret} a:another-${secret}`, /invalid name "a": must be unique/], [`a:${secret} b:${secret}`, /^API_ACCESS_TOKENS, b: .* must differ from the token of API_ACCESS_TOKENS, a$/], [`a:${TOKEN}`, /^API_ACCESS_TOKENS, a: .* must differ from the token of API_ACCESS_TOKEN$/], [`default:${secret}`, /invalid name "default": must be unique/]
  ]
  for (const [value, message] of cases) {
    const lines = errorsOf({ API_ACCESS_TOKEN: TOKEN, API_ACCESS_TOKENS: value })
    t.match(lines, [message], value)
    t.notOk(lines.join('').includes(secret), 'the value is not shown')
  }
  t.match(errorsOf({ API_ACCESS_TOKEN: TOKEN, API_ACCESS_TOKENS: 'a:short', SERVER_LISTEN_ADDR: '0.0.0.0' }), [/^API_ACCESS_TOKENS, a: .* is shorter than 16 characters/])
})
