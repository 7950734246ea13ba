import t from 'tap'

import type { ServiceError } from '../../../service/errors.js'
import { decodeResult } from '../../../service/protocol/result-decoder.js'
import { refuseLimitOutcome, resultOfEndedRun } from '../../../service/protocol/result.js'
import { decodedOf, COMPLETED, serviceError } from '../fakes.js'

const NOTHING = Buffer.alloc(0)

t.test('a result is any object with glot\'s three members', async (t) => {
  for (const text of ['{"stdout":"","stderr":"","error":""}', ' {"stdout":"a","stderr":"b","error":"c","x":1}\n', JSON.stringify(COMPLETED)]) {
    const { result, json } = decodeResult(Buffer.from(text), NOTHING)
    t.same(result, JSON.parse(text))
    t.equal(json.toString(), text, 'the bytes are forwarded unchanged')
  }
})

t.test('other output causes coderunner.stdout.decode, and the message quotes the output', async (t) => {
  for (const text of [
    '', '\n', 'Traceback', '{', 'null', '[]', '5', '"x"', '{}', '{"stdout":"","stderr":""}', '{"stdout":1,"stderr":"","error":""}',
    '{"stdout":"","stderr":"","error":null}', '{"stdout":"","stderr":"","error":""} trailing', '{"stdout":"","stderr":"","error":""}{}'
  ]) {
    t.throws(() => decodeResult(Buffer.from(text), NOTHING), serviceError({ statusCode: 500, slug: 'coderunner.stdout.decode' }), text)
  }
  t.throws(() => decodeResult(Buffer.from('a "b"\n'), NOTHING), serviceError({ body: { error: 'coderunner.stdout.decode', message: /"a \\"b\\"\\n"$/ } }))
})

t.test('a message quotes at most 200 bytes', async (t) => {
  const { body, message } = t.throws(() => decodeResult(Buffer.from('x'.repeat(300)), NOTHING)) as ServiceError
  t.notMatch(message, 'xxx', 'the quotation is in the response, but not in the log')
  t.match(body.message, /"x{200}"$/)
})

t.test('any output on the container\'s stderr causes coderunner.stderr, regardless of stdout', async (t) => {
  t.throws(() => decodeResult(Buffer.from(JSON.stringify(COMPLETED)), Buffer.from('oops')),
    serviceError({ statusCode: 500, slug: 'coderunner.stderr', body: { message: /"oops"$/ } }))
})

t.test('the result of a run that the service ended has every member', async (t) => {
  const { result, json } = resultOfEndedRun('timeout', 'Time limit of 1 s exceeded', 1000.0004)
  t.same(JSON.parse(json.toString()), result)
  t.match(result, { outcome: 'timeout', error: 'Time limit of 1 s exceeded', duration: 1_000_000_400, exitCode: null, signal: null, stdoutTruncated: false, phase: 'run' })
  t.equal(Object.keys(JSON.parse(json.toString())).at(-1), 'phase', 'the last member')
  t.same(Object.keys(COMPLETED).filter((key) => !(key in result)), [])
  t.match(resultOfEndedRun('output_limit', '', 0).result, { stdoutTruncated: true, stderrTruncated: true })
})

t.test('with RUN_LIMITS_RESPONSE=error two outcomes are errors that carry the result', async (t) => {
  for (const [outcome, slug] of [['timeout', 'limits.execution_time'], ['output_limit', 'limits.read.size']] as const) {
    const result = { ...COMPLETED, outcome, error: 'why' }
    t.throws(() => refuseLimitOutcome(decodedOf(result).result), serviceError({ statusCode: 400, slug, message: 'why', body: { message: 'why', result } }))
  }
  for (const outcome of ['completed', 'failed', 'signaled', 'out_of_memory', 'build_failed', 'invalid', undefined]) {
    t.doesNotThrow(() => refuseLimitOutcome(decodedOf({ ...COMPLETED, outcome }).result), String(outcome))
  }
})
