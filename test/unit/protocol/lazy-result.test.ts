import t from 'tap'

import { decodeRunnerLine, lazyResult } from '../../../service/protocol/result-decoder.js'
import { COMPLETED, serviceError } from '../fakes.js'

t.test('bytes that are not a result return undefined', async (t) => {
  for (const text of ['', '[]', '{', '{}', 'x', '{"stdout":1,"stderr":"","error":""}', '{"stdout":"","stderr":""}', '{"stdout":"","stderr":"","error":null}', '{"stdout":"']) {
    t.equal(lazyResult(Buffer.from(text)), undefined, text)
  }
})

t.test('a large result of the runner keeps its bytes and can be read', async (t) => {
  const result = { ...COMPLETED, stdout: '\ufffd"\\\n'.repeat(50_000) }
  const line = Buffer.from(`${JSON.stringify(result)}\n`)
  const answer = decodeRunnerLine(line)
  t.equal(answer.json, line)
  t.equal(answer.result.stdout, result.stdout)
  t.equal(answer.result.outcome, 'completed')
  t.same(JSON.parse(JSON.stringify(answer.result)), result)
  t.throws(() => decodeRunnerLine(Buffer.from(`{"stdout":"${'x'.repeat(70_000)}`)), serviceError({ statusCode: 500, slug: 'coderunner.stdout.decode' }))
})
