import { execFileSync } from 'node:child_process'

import { Webhook } from 'standardwebhooks'
import t from 'tap'

import { COMPLETED } from '../unit/fakes.js'
import { run, startNode, until } from './kit.js'
import { RedisServer } from './redis-server.js'
import { WebhookReceiver, type Received } from './webhook-receiver.js'

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`
const NEW_SECRET = `whsec_${Buffer.alloc(32, 4).toString('base64')}`
const KEY = Buffer.alloc(32, 5).toString('base64')

const verify = (secret: string, { body, headers }: Received) => new Webhook(secret).verify(body, headers as Record<string, string>)

void t.test('webhooks', async (t) => {
  const redis = await RedisServer.start(t)
  const receiver = await WebhookReceiver.start(t)
  const node = await startNode(t, redis.url, { WEBHOOK_ALLOW: '127.0.0.1,localhost', WEBHOOK_SECRET: `${SECRET} ${NEW_SECRET}`, JOBS_KEY: KEY })
  const of = (id: string) => receiver.received.filter(({ headers }) => headers['webhook-id'] === `msg_${id}`)
  const logged = (id: string) => node.lines.filter(({ msg, jobId }) => msg === 'webhook' && jobId === id)

  await t.test('a webhook is signed with each secret, and contains the job', async (t) => {
    const id = await node.add({ webhook: receiver.url() })
    await until(() => of(id).length === 1, 'the webhook')
    const [received] = of(id) as [Received]
    t.match(verify(SECRET, received), { type: 'job.completed', data: { id, status: 'completed', result: COMPLETED } })
    t.match(verify(NEW_SECRET, received), { data: { id } })
    t.throws(() => verify(`whsec_${Buffer.alloc(32).toString('base64')}`, received))
  })

  await t.test('a webhook is repeated with the same ID and body after a 500', async (t) => {
    let failures = 1
    receiver.respond = (response) => { response.writeHead(failures-- > 0 ? 500 : 204).end() }
    const id = await node.add({ webhook: receiver.url() })
    await until(() => of(id).length === 2, 'the second request')
    const [first, second] = of(id) as [Received, Received]
    t.equal(first.body, second.body)
    verify(SECRET, second)
    await until(() => logged(id).length === 2, 'the log lines')
    t.match(logged(id), [{ outcome: 'failed', reason: '500' }, { outcome: 'delivered', reason: '204' }])
  })

  await t.test('a redirect is not followed', async (t) => {
    receiver.respond = (response, { path }) => {
      if (path === '/moved') response.writeHead(307, { location: receiver.url('/internal') }).end()
      else response.end()
    }
    const id = await node.add({ webhook: receiver.url('/moved') })
    await until(() => logged(id).length === 1, 'the log line')
    t.match(logged(id), [{ outcome: 'failed', reason: '307' }])
    t.notOk(receiver.received.some(({ path }) => path === '/internal'))
  })

  await t.test('hosts that are not in the list are refused', async (t) => {
    for (const url of ['http://169.254.169.254/latest', 'http://127.0.0.2/', 'https://example.com/']) {
      const { status, body } = await node.request('/jobs', { body: { ...run(), webhook: url } })
      t.match({ status, body }, { status: 400, body: { error: 'request.invalid', message: /not in WEBHOOK_ALLOW/ } }, url)
    }
  })

  await t.test('a result is not in Redis as plain text', async (t) => {
    const id = await node.add({ ...run('echo a-secret-in-the-payload'), webhook: receiver.url('/a-secret-path') })
    await node.job(id, '?wait=10')
    const redisCli = (...args: string[]) => execFileSync('redis-cli', ['-u', redis.url, ...args]).toString('latin1')
    const names = redisCli('--scan').trim().split('\n')
    t.ok(names.some((name) => name.startsWith('runonce:outcome:')))
    const dumps = names.map((name) => redisCli('DUMP', name)).join()
    for (const text of ['a-secret', 'stdout', 'main.sh']) t.notOk(dumps.includes(text), text)
  })
})

void t.test('a name that resolves to a loopback address is refused', async (t) => {
  const redis = await RedisServer.start(t)
  const receiver = await WebhookReceiver.start(t)
  const node = await startNode(t, redis.url, { WEBHOOK_ALLOW: 'localhost', WEBHOOK_SECRET: SECRET })
  const id = await node.add({ webhook: receiver.url('/hook', 'localhost') })
  await until(() => node.lines.some(({ msg, jobId }) => msg === 'webhook' && jobId === id), 'the log line')
  t.match(node.lines.find(({ msg }) => msg === 'webhook'), { outcome: 'failed', reason: 'address_not_allowed' })
  t.equal(receiver.received.length, 0)
})
