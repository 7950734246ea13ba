import t from 'tap'

import type { RunRequest } from '../../../service/runs/ports.js'
import { TokenRuns } from '../../../service/runs/token-runs.js'
import type { TokenPolicy } from '../../../service/runs/token-ports.js'
import { imageNotAllowed } from '../../../service/errors.js'
import { FakeRuns, foreignImage, languageImage, serviceError } from '../fakes.js'

const PYTHON = languageImage('python')
const request: RunRequest = {
  requestId: 'r',
  tokenName: 'a',
  image: PYTHON,
  payload: Buffer.from('{"files":[],"limits":{"time":5}}'),
  limits: { timeMs: 5000, outputBytes: 1000, resultBytes: 9000 },
  streams: false,
  signal: new AbortController().signal
}

function start (policies: Record<string, TokenPolicy>) {
  const inner = new FakeRuns()
  const checkImage = (_name: string, ref: string) => { if (ref === 'glot/python:latest') throw imageNotAllowed(ref, ['runonce/*']) }
  const runs = new TokenRuns({ runs: inner, tokens: { policyOf: (name) => policies[name], checkImage }, container: { memoryBytes: 1000, processes: 50 } })
  return { inner, runs }
}

t.test('a run of a token without limits is not changed', async (t) => {
  const { inner, runs } = start({ a: {} })
  await runs.run(request)
  t.equal(inner.requests[0], request)
})

t.test('a run of a token with limits gets the lower limits', async (t) => {
  const { inner, runs } = start({ a: { limits: { timeMs: 1000, memoryBytes: 500 } } })
  await runs.run(request)
  await runs.run({ ...request, image: { ...PYTHON, memoryBytes: 5000 } })
  await runs.run({ ...request, image: foreignImage('x'), payload: Buffer.from('x') })
  t.match(inner.requests, [
    { requestId: 'r', tokenName: 'a', limits: { timeMs: 1000, memoryBytes: 500 }, streams: false }, { limits: { memoryBytes: 500 } }, { limits: { timeMs: 1000 } }
  ])
  t.same(inner.requests.map(({ payload }) => payload.toString()), ['{"files":[],"limits":{"time":1}}', '{"files":[],"limits":{"time":1}}', 'x'])
})

t.test('an image that requests more memory than the default is limited only by a lower limit', async (t) => {
  const { inner, runs } = start({ a: { limits: { memoryBytes: 3000 } } })
  await runs.run({ ...request, image: { ...PYTHON, memoryBytes: 5000 } })
  await runs.run(request)
  t.same(inner.requests.map(({ limits }) => limits.memoryBytes), [3000, undefined])
})

t.test('an image that the token may not use, and a token that was removed, are refused', async (t) => {
  const { inner, runs } = start({ a: {} })
  await t.rejects(runs.run({ ...request, image: foreignImage() }), serviceError({ statusCode: 403, slug: 'image.not_allowed' }))
  await t.rejects(runs.run({ ...request, tokenName: 'removed' }), serviceError({ statusCode: 401, slug: 'access_token' }))
  t.same(inner.requests, [])
})
