import t from 'tap'

import type { SharedStore } from '../../../../../service/http/compat/compat-api.js'
import { COMPLETED, decodedOf, gate, until } from '../../../fakes.js'
import { startJudge0 } from './start.js'

const HELLO = { source_code: 'print(1)', language_id: 71 }

/** A Redis client with the commands that the store uses. While the server is down, the commands fail. */
class FakeRedis implements SharedStore {
  /** Called by the rate limits. */
  readonly defineCommand = () => {}
  readonly values = new Map<string, string>()
  readonly times: number[] = []
  readonly index: string[] = []
  down = false

  async set (key: string, value: string, _unit: 'PX', milliseconds: number): Promise<unknown> {
    if (this.down) throw new Error('Command timed out')
    this.values.set(key, value)
    this.times.push(milliseconds)
    return 'OK'
  }

  async mget (keys: string[]): Promise<Array<string | null>> {
    if (this.down) throw new Error('Command timed out')
    return keys.map((key) => this.values.get(key) ?? null)
  }

  async del (keys: string[]): Promise<unknown> {
    return keys.map((key) => this.values.delete(key))
  }

  async zadd (_key: string, _score: number, member: string): Promise<unknown> {
    return this.index.push(member)
  }

  async zcard (): Promise<number> { return this.index.length }

  async zpopmin (_key: string, count: number): Promise<string[]> {
    return this.index.splice(0, count).flatMap((member) => [member, '0'])
  }

  async pexpire (): Promise<unknown> { return 1 }
}

t.test('results in memory expire', async (t) => {
  const { send } = await startJudge0(t, { env: { COMPAT_RESULTS_TIME: '0.2' } })
  const { token } = (await send('POST', '/submissions?wait=true', HELLO)).json()
  t.equal((await send('GET', `/submissions/${token}`)).statusCode, 200)
  await until(async () => (await send('GET', `/submissions/${token}`)).statusCode === 404)
})

t.test('the number and the size of the results in memory are limited: the oldest are dropped', async (t) => {
  for (const env of [{ COMPAT_RESULTS_MAX: '2' }, { COMPAT_RESULTS_MEMORY: '15000' }]) {
    const service = await startJudge0(t, { env })
    service.result({ stdout: 'x'.repeat(5000) })
    const tokens: string[] = []
    for (let n = 0; n < 3; n++) tokens.push((await service.send('POST', '/submissions?wait=true', HELLO)).json().token)
    const { submissions } = (await service.send('GET', `/submissions/batch?tokens=${tokens.join()}&fields=status_id`)).json()
    t.same(submissions, [null, { status_id: 3 }, { status_id: 3 }], JSON.stringify(env))
  }
})

t.test('with Redis, every service returns every submission, in all of its states', async (t) => {
  const redis = new FakeRedis()
  const [first, second] = [await startJudge0(t, { redis }), await startJudge0(t, { redis })]
  const { opened, open } = gate()
  first.runs.handler = async () => {
    await opened
    return decodedOf({ ...COMPLETED, stdout: '\ufffd', stdoutBase64: '/w==' })
  }
  const { token } = (await first.send('POST', '/submissions?base64_encoded=true', { ...HELLO, source_code: 'eA==', stdin: 'w7w=' })).json()
  await until(async () => (await second.send('GET', `/submissions/${token}?fields=status_id`)).json().status_id === 2)
  open()
  await until(async () => (await second.send('GET', `/submissions/${token}?fields=status_id`)).json().status_id === 3)
  const query = `/submissions/${token}?fields=*&base64_encoded=true`
  const result = (await second.send('GET', query)).json()
  t.match(result, { source_code: 'eA==\n', stdin: 'w7w=\n', stdout: '/w==\n', expected_output: null, time: '0.001', language: { id: 71 } })
  t.same((await first.send('GET', query)).json(), result)
  t.same(redis.times, [1_200_000, 1_200_000, 600_000], 'a submission that waits is kept longer than a result')
  t.same((await second.send('GET', `/submissions/batch?tokens=x,${token}&fields=status_id`)).json(), { submissions: [null, { status_id: 3 }] })
})

t.test('the number of results in Redis is limited for all services together: the oldest are dropped', async (t) => {
  const redis = new FakeRedis()
  const env = { COMPAT_RESULTS_MAX: '2' }
  const services = [await startJudge0(t, { redis, env }), await startJudge0(t, { redis, env }), await startJudge0(t, { redis, env })]
  const tokens: string[] = []
  for (const { send } of services) tokens.push((await send('POST', '/submissions?wait=true', HELLO)).json().token)
  for (const { send } of services) {
    t.same((await send('GET', `/submissions/batch?tokens=${tokens.join()}&fields=status_id`)).json().submissions, [null, { status_id: 3 }, { status_id: 3 }])
  }
})

t.test('while Redis does not respond, submissions return 503 and are not run', async (t) => {
  const redis = new FakeRedis()
  const { send, runs } = await startJudge0(t, { redis })
  const { token } = (await send('POST', '/submissions?wait=true', HELLO)).json()
  redis.down = true
  const refused = { statusCode: 503, body: '{"error":"Redis does not respond"}' }
  t.match(await send('GET', `/submissions/${token}`), refused)
  t.match(await send('GET', `/submissions/batch?tokens=${token}`), refused)
  t.match(await send('POST', '/submissions', HELLO), refused)
  t.match(await send('POST', '/submissions/batch', { submissions: [HELLO] }), refused)
  t.equal(runs.requests.length, 1)
  redis.down = false
  for (let n = 0; n < 5; n++) t.equal((await send('POST', '/submissions', HELLO)).statusCode, 201, 'refused submissions have released their places')
})

t.test('the response with wait=true does not depend on Redis', async (t) => {
  const redis = new FakeRedis()
  const { send, lines } = await startJudge0(t, { redis })
  redis.down = true
  t.match((await send('POST', '/submissions?wait=true', HELLO)).json(), { stdout: 'hi\n', status: { id: 3 } })
  t.match(lines.join(''), /the result of a submission was not saved/)
})

t.test('the result of an accepted submission is saved when Redis responds again, also at shutdown', async (t) => {
  for (const stop of [false, true]) {
    const redis = new FakeRedis()
    const service = await startJudge0(t, { redis })
    const { opened, open } = gate()
    service.runs.handler = async () => {
      await opened
      redis.down = true
      if (stop) service.stopping.abort()
      return decodedOf(COMPLETED)
    }
    const { token } = (await service.send('POST', '/submissions', HELLO)).json()
    open()
    await until(() => redis.down)
    redis.down = false
    await until(async () => (await service.send('GET', `/submissions/${token}?fields=status_id`)).json().status_id === 3)
    t.pass(`with shutdown: ${stop}`)
  }
})

t.test('the application closes after the results of its submissions have been saved', async (t) => {
  const redis = new FakeRedis()
  const service = await startJudge0(t, { redis })
  const { opened, open } = gate()
  service.runs.handler = async () => {
    await opened
    return decodedOf(COMPLETED)
  }
  const { token } = (await service.send('POST', '/submissions', HELLO)).json()
  const closing = service.app.close()
  open()
  await closing
  t.match(JSON.parse(redis.values.get(`runonce-submission-${token}`) ?? '{}'), { status_id: 3 })
})
