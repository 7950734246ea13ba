/** Submissions to Judge0's API with a Redis server and two services. */
import { Webhook } from 'standardwebhooks'
import t from 'tap'

import { gate } from '../unit/fakes.js'
import { startNode, until, type Node } from './kit.js'
import { RedisServer } from './redis-server.js'
import { WebhookReceiver } from './webhook-receiver.js'

const BASH = 46
const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`
const HELLO = { source_code: 'echo hi', language_id: BASH }

const create = async (node: Node, body: object = HELLO, query = '') => (await node.request(`/submissions${query}`, { body })).body
const get = async (node: Node, token: string) => await node.request(`/submissions/${token}?fields=status_id,stdout`)

void t.test('a submission to one service can be read at the other, while it waits, while it runs and when it has ended', async (t) => {
  const redis = await RedisServer.start(t)
  const env = { COMPAT_RESULTS_TIME: '3', COMPAT_RESULTS_MAX: '3', SERVER_WORKER_THREADS: '1' }
  const [first, second] = [await startNode(t, redis.url, env), await startNode(t, redis.url, env)]
  const { opened, open } = gate()
  first.engine.gate = opened
  const [running, waiting] = [(await create(first)).token, (await create(first)).token]
  await until(async () => (await get(second, running)).body.status_id === 2, 'the first submission to run')
  t.match((await get(second, waiting)).body, { status_id: 1, stdout: null })
  open()
  await until(async () => (await get(second, waiting)).body.status_id === 3, 'the second submission to end')
  t.match((await get(second, running)).body, { status_id: 3, stdout: 'hi\n' })

  const tokens: string[] = []
  for (const node of [first, second, first, second]) tokens.push((await create(node, HELLO, '?wait=true')).token)
  const statuses = await Promise.all([running, waiting, ...tokens].map(async (token) => (await get(first, token)).status))
  t.same(statuses, [404, 404, 404, 200, 200, 200], 'COMPAT_RESULTS_MAX applies to all services together')

  await until(async () => (await get(second, tokens[3] ?? '')).status === 404, 'the results to expire')
  await until(async () => (await redis.command('KEYS runonce-submission*')) === '*0\r\n', 'Redis to contain no results')
})

void t.test('a submission gives way to other runs', async (t) => {
  const redis = await RedisServer.start(t)
  const node = await startNode(t, redis.url, { SERVER_WORKER_THREADS: '1' })
  const { opened, open } = gate()
  const order: string[] = []
  node.engine.gate = opened
  node.engine.onPayload = (payload) => { order.push(JSON.parse(payload).files[0].content) }
  const run = async (content: string) => await node.request('/run', { body: { image: 'runonce/bash:latest', payload: { files: [{ name: 'main.sh', content }] } } })
  const runs = [run('first')]
  await until(() => order.length === 1, 'the first run')
  const { token } = await create(node, { ...HELLO, source_code: 'submission' })
  runs.push(run('second'))
  await until(async () => (await node.request('/metrics')).body.includes('runonce_runs_waiting 1'), 'the second run to wait')
  open()
  await Promise.all(runs)
  await until(async () => (await get(node, token)).body.status_id === 3, 'the submission')
  t.same(order, ['first', 'second', 'submission'])
})

void t.test('a callback receives the result by PUT, signed and repeated like a webhook', async (t) => {
  const redis = await RedisServer.start(t)
  const receiver = await WebhookReceiver.start(t)
  const node = await startNode(t, redis.url, { WEBHOOK_ALLOW: '127.0.0.1', WEBHOOK_SECRET: SECRET })
  let failures = 1
  receiver.respond = (response) => { response.writeHead(failures-- > 0 ? 500 : 200).end() }
  for (const query of ['', '?wait=true']) {
    const { token } = await create(node, { ...HELLO, callback_url: receiver.url('/done?id=1') }, query)
    const of = () => receiver.received.filter(({ headers }) => headers['webhook-id'] === `msg_${token}`)
    await until(() => of().length === (query === '' ? 2 : 1), 'the callback')
    for (const { method, path, headers, body } of of()) {
      t.match({ method, path, headers }, { method: 'PUT', path: '/done?id=1', headers: { 'content-type': 'application/json' } })
      new Webhook(SECRET).verify(body, headers as Record<string, string>)
      t.same(Object.keys(JSON.parse(body)).sort(), ['compile_output', 'memory', 'message', 'status', 'stderr', 'stdout', 'time', 'token'])
      t.match(JSON.parse(body), { token, stdout: 'aGkK\n', status: { id: 3, description: 'Accepted' } })
    }
  }
  t.match((await node.request('/config_info')).body, { enable_callbacks: true, callbacks_max_tries: 3, callbacks_timeout: 15 })
})

void t.test('a callback is sent only to the hosts in WEBHOOK_ALLOW', async (t) => {
  const redis = await RedisServer.start(t)
  const node = await startNode(t, redis.url, { WEBHOOK_ALLOW: 'hooks.example.com', WEBHOOK_SECRET: SECRET })
  const refused = async (node: Node, url: string) => {
    const { status, body } = await node.request('/submissions', { body: { ...HELLO, callback_url: url } })
    return [status, body.callback_url?.[0]]
  }
  t.match(await refused(node, 'http://169.254.169.254/'), [422, 'callback_url: the host "169.254.169.254" is not in WEBHOOK_ALLOW'])
  t.match(await refused(node, 'hooks'), [422, 'callback_url must be a URL that begins with https:// or http://'])
  t.match(await refused(await startNode(t, redis.url), 'http://hooks.example.com/'), [422, 'setting callback is not allowed'])
})
