import t, { type Test } from 'tap'

import { isError } from './error-response.js'
import { foreignImage, startService, type Service } from './kit.js'

const SLEEP = ['sleep', '30']

void t.test('more runs than the service accepts', async (t) => {
  const service = await startService(t, { env: { SERVER_WORKER_THREADS: '1', RUN_QUEUE_SIZE: '1', RUN_MAX_EXECUTION_TIME: '1' } })
  const image = await foreignImage(t, SLEEP)
  const answers = await Promise.all([1, 2, 3].map(() => service.post('/run', { image, payload: {} })))
  const refused = answers.filter(({ status }) => status !== 200)
  t.equal(refused.length, 1, 'one run is in progress, one is queued, one is refused')
  isError(t, refused[0]!, 503, 'overloaded')
  t.match(refused[0]?.headers.get('retry-after'), /^[1-9]\d*$/)
})

void t.test('a run that is queued too long returns 503', async (t) => {
  const service = await startService(t, { env: { SERVER_WORKER_THREADS: '1', RUN_QUEUE_TIMEOUT: '0.2', RUN_MAX_EXECUTION_TIME: '1' } })
  const image = await foreignImage(t, SLEEP)
  const answers = await Promise.all([1, 2].map(() => service.post('/run', { image, payload: {} })))
  const refused = answers.find(({ status }) => status === 503)
  isError(t, refused!, 503, 'overloaded')
  t.ok(refused!.ms >= 200, `${refused!.ms} ms`)
})

void t.test('requests with wrong tokens count towards the rate limit of the address', async (t) => {
  const service = await startService(t, { env: { RATE_LIMIT_IP_MAX: '3', RATE_LIMIT_WINDOW: '30' } })
  const statuses = []
  for (const token of ['a', 'b', 'c', 'd']) statuses.push((await service.request('/version', { token })).status)
  t.strictSame(statuses, [401, 401, 401, 429])
  await isRateLimited(t, service)
  t.equal((await service.request('/')).status, 200, 'GET / is not limited')
})

void t.test('each token has a separate rate limit', async (t) => {
  const service = await startService(t, { env: { RATE_LIMIT_TOKEN_MAX: '2', RATE_LIMIT_WINDOW: '30', API_ACCESS_TOKENS: 'other:another-token-123456' } })
  const statuses = []
  for (let i = 0; i < 3; i++) statuses.push((await service.request('/version')).status)
  t.strictSame(statuses, [200, 200, 429])
  await isRateLimited(t, service)
  t.equal((await service.request('/version', { token: 'another-token-123456' })).status, 200)
})

void t.test('DOCKER_IMAGE_ALLOW selects the allowed images', async (t) => {
  const [allowed, other] = [await foreignImage(t), await foreignImage(t, SLEEP)]
  const service = await startService(t, { env: { DOCKER_IMAGE_ALLOW: `nobody/* ${allowed}` } })
  t.equal((await service.post('/run', { image: allowed, payload: {} })).status, 200)
  for (const image of [other, 'runonce/python:latest']) {
    isError(t, await service.post('/run', { image, payload: {} }), 403, 'image.not_allowed')
  }
})

async function isRateLimited (t: Test, service: Service): Promise<void> {
  const answer = await service.request('/version')
  isError(t, answer, 429, 'rate_limit')
  t.match(answer.headers.get('retry-after'), /^[1-9]\d*$/)
}
