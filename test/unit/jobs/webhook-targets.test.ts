import type { LookupAddress } from 'node:dns'

import t from 'tap'

import { WebhookTargets } from '../../../service/jobs/webhook-targets.js'
import { serviceError } from '../fakes.js'

const targets = new WebhookTargets(['hooks.example.com', '*.example.org', '203.0.113.7', '10.1.0.0/16', 'fd00::5'])

t.test('only hosts in the list are accepted', (t) => {
  for (const url of [
    'https://hooks.example.com/a?b=c', 'http://HOOKS.example.com:8080/', 'https://hooks.example.com./', 'https://a.example.org', 'https://a.b.example.org',
    'https://203.0.113.7/', 'https://10.1.2.3/', 'https://[fd00::5]/', 'https://[::ffff:10.1.2.3]/'
  ]) t.doesNotThrow(() => targets.check(url), url)
  for (const url of [
    'https://example.com/', 'https://x.hooks.example.com/', 'https://example.org/', 'https://badexample.org/', 'https://203.0.113.8/', 'https://10.2.0.1/',
    'https://[fd00::6]/', 'http://169.254.169.254/latest/meta-data', 'http://127.0.0.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://localhost/'
  ]) t.throws(() => targets.check(url), serviceError({ statusCode: 400, slug: 'request.invalid', message: /is not in WEBHOOK_ALLOW/ }), url)
  t.end()
})

t.test('invalid URLs are rejected', (t) => {
  for (const url of ['', 'hooks.example.com', 'ftp://hooks.example.com/', 'file:///etc/passwd']) t.throws(() => targets.check(url), { message: /must be a URL/ }, url)
  t.throws(() => targets.check('https://user:password@hooks.example.com/'), { message: /user name or password/ })
  t.throws(() => new WebhookTargets([]).check('https://hooks.example.com/'), { message: /WEBHOOK_ALLOW names no hosts/ })
  t.end()
})

t.test('addresses that are not public are allowed only if they are in the list', (t) => {
  for (const address of ['203.0.113.7', '10.1.255.255', 'fd00::5', '8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8']) t.ok(targets.allowsAddress(address), address)
  for (const address of [
    '127.0.0.1', '127.255.255.254', '10.2.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255',
    '240.0.0.1', '192.0.2.1', '198.18.0.1', '::', '::1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::7f00:1', 'fe80::1', 'fc00::1', 'fd00::6', 'ff02::1',
    '64:ff9b::7f00:1', '64:ff9b:1::1', '2002:7f00:1::', '2001::1', '2001:db8::1', 'fec0::1', 'localhost', ''
  ]) t.notOk(targets.allowsAddress(address), address)
  t.end()
})

t.test('a name that resolves to a private address is refused when the connection is made', async (t) => {
  const resolve = async (named: WebhookTargets) => await new Promise<string | LookupAddress[]>((resolve, reject) => {
    named.lookup('localhost', { all: true }, (error, address) => { if (error === null) resolve(address); else reject(error) })
  })
  await t.rejects(resolve(new WebhookTargets(['localhost'])), { code: 'address_not_allowed' })
  t.match(await resolve(new WebhookTargets(['localhost', '127.0.0.0/8'])), [{ address: '127.0.0.1', family: 4 }])
})
