import t from 'tap'

import { containerStartFailed, overloaded } from '../../../../../service/errors.js'
import type { RunRequest } from '../../../../../service/runs/ports.js'
import { COMPLETED, decodedOf, until } from '../../../fakes.js'
import { SECOND_TOKEN, TOKEN } from '../../start-app.js'
import { startJudge0, type Judge0 } from './start.js'

const HELLO = { source_code: 'print(1)', language_id: 71 }
const ONE_AT_A_TIME = { SERVER_WORKER_THREADS: '1', RUN_QUEUE_SIZE: '3' }

/** Holds every run until it is released. */
function holdRuns ({ runs }: Judge0) {
  const held: Array<{ request: RunRequest, release: () => void }> = []
  runs.handler = async (request) => await new Promise((resolve) => held.push({ request, release: () => resolve(decodedOf(COMPLETED)) }))
  return held
}

const statusOf = async ({ send }: Judge0, token: string) => (await send('GET', `/submissions/${token}?fields=status_id,message`)).json()

t.test('when the queue is full, submissions return 503, and a batch is accepted or refused as a whole', async (t) => {
  const service = await startJudge0(t, { env: ONE_AT_A_TIME })
  const held = holdRuns(service)
  const tokens: string[] = []
  for (let n = 0; n < 3; n++) tokens.push((await service.send('POST', '/submissions', HELLO)).json().token)
  const refused = { statusCode: 503, body: '{"error":"queue is full"}' }
  t.match(await service.send('POST', '/submissions/batch', { submissions: [HELLO, HELLO] }), refused)
  tokens.push((await service.send('POST', '/submissions', HELLO)).json().token)
  const full = await service.send('POST', '/submissions', HELLO)
  t.match(full, refused)
  t.equal(full.headers['retry-after'], '1')
  for (let n = 0; n < 4; n++) {
    await until(() => held.length === n + 1)
    held[n]?.release()
  }
  for (const token of tokens) await until(async () => (await statusOf(service, token)).status_id === 3)
  t.equal(service.runs.requests.length, 4)
})

t.test('the size of the waiting submissions is limited', async (t) => {
  const service = await startJudge0(t, { env: { ...ONE_AT_A_TIME, COMPAT_RESULTS_MEMORY: '10000' } })
  const held = holdRuns(service)
  const large = { ...HELLO, source_code: 'x'.repeat(5000) }
  t.equal((await service.send('POST', '/submissions', large)).statusCode, 201, 'running')
  t.equal((await service.send('POST', '/submissions', large)).statusCode, 201, 'waiting')
  t.equal((await service.send('POST', '/submissions', large)).statusCode, 503)
  held[0]?.release()
  await until(() => held.length === 2)
  held[1]?.release()
})

t.test('tokens take turns', async (t) => {
  const service = await startJudge0(t, { env: { SERVER_WORKER_THREADS: '1' } })
  const held = holdRuns(service)
  const create = async (token: string, source: string) => await service.app.inject({
    method: 'POST', url: '/submissions', headers: { 'x-auth-token': token }, payload: { ...HELLO, source_code: source }
  })
  for (const source of ['a1', 'a2', 'a3']) await create(TOKEN, source)
  await create(SECOND_TOKEN, 'b1')
  for (let n = 0; n < 4; n++) {
    await until(() => held.length === n + 1)
    held[n]?.release()
  }
  t.same(held.map(({ request: { tokenName } }) => tokenName), ['default', 'default', 'grader', 'default'])
})

t.test('a submission gives way to other runs: it is in the queue until it has a slot, and fails if it waits too long', async (t) => {
  const service = await startJudge0(t, { env: { COMPAT_RESULTS_TIME: '0.3' } })
  service.runs.hasBackgroundSlot = false
  const held = holdRuns(service)
  const create = async () => (await service.send('POST', '/submissions', HELLO)).json().token
  const first = await create()
  await until(() => held.length === 1)
  t.match(await statusOf(service, first), { status_id: 1 })
  held[0]?.request.background?.admitted()
  await until(async () => (await statusOf(service, first)).status_id === 2)
  t.notOk(held[0]?.request.signal.aborted)
  held[0]?.release()
  service.runs.handler = async ({ signal }) => await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const second = await create()
  await until(async () => (await statusOf(service, second)).status_id === 13)
  t.match(await statusOf(service, second), { message: 'The submission waited too long for other runs' })
})

t.test('a submission whose client waits does not give way to other runs', async (t) => {
  const service = await startJudge0(t)
  await service.wait()
  t.equal(service.runs.requests[0]?.background, undefined)
})

t.test('while the service is overloaded, an accepted submission waits', async (t) => {
  const service = await startJudge0(t)
  let attempts = 0
  service.runs.handler = async () => {
    if (attempts++ === 0) throw overloaded('The run queue is full', 1)
    return decodedOf(COMPLETED)
  }
  const { token } = (await service.send('POST', '/submissions', HELLO)).json()
  t.match(await statusOf(service, token), { status_id: 2 })
  await until(async () => (await statusOf(service, token)).status_id === 3)
  t.equal(attempts, 2)
})

t.test('a submission whose run throws an error has the status Internal Error with the reason', async (t) => {
  const service = await startJudge0(t)
  for (const [error, message] of [[containerStartFailed('no'), 'no'], [new Error('secret'), 'Internal error; search the service log for this request ID']] as const) {
    service.runs.handler = async () => { throw error }
    const { token } = (await service.send('POST', '/submissions', HELLO)).json()
    await until(async () => (await statusOf(service, token)).status_id > 2)
    t.same(await statusOf(service, token), { status_id: 13, message })
  }
  t.match(service.lines.join(''), /"slug":"docker.container.start".*a submission failed/)
})

t.test('at shutdown, running submissions end, waiting submissions become Internal Error, and new submissions are refused', async (t) => {
  const service = await startJudge0(t, { env: ONE_AT_A_TIME })
  const held = holdRuns(service)
  const tokens = (await service.send('POST', '/submissions/batch', { submissions: [HELLO, HELLO] })).json().map(({ token }: { token: string }) => token)
  service.stopping.abort()
  t.match(await service.send('POST', '/submissions', HELLO), { statusCode: 503, body: '{"error":"The service is shutting down"}' })
  t.same(await statusOf(service, tokens[1]), { status_id: 13, message: 'The service was shut down before the program ran' })
  t.match(await statusOf(service, tokens[0]), { status_id: 2 })
  held[0]?.release()
  await until(async () => (await statusOf(service, tokens[0])).status_id === 3)
  t.equal(service.runs.requests.length, 1)
})

t.test('a submission that waits for an overloaded service at shutdown becomes Internal Error', async (t) => {
  const service = await startJudge0(t)
  service.runs.handler = async () => { throw overloaded('The run queue is full', 1) }
  const { token } = (await service.send('POST', '/submissions', HELLO)).json()
  await until(() => service.runs.requests.length > 0)
  service.stopping.abort()
  await until(async () => (await statusOf(service, token)).status_id === 13)
  t.same(await statusOf(service, token), { status_id: 13, message: 'The service was shut down before the program ran' })
})
