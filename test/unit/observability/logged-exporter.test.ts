import type { SpanExporter } from '@opentelemetry/sdk-trace-node'
import t from 'tap'

import { LoggedExporter } from '../../../service/observability/logged-exporter.js'
import { recordingLogger } from '../fakes.js'

t.test('one line is logged when exports begin to fail, and one when they succeed again', async (t) => {
  let error: Error | undefined
  const exporter: SpanExporter = { export: (_spans, done) => done({ code: error === undefined ? 0 : 1, ...(error === undefined ? {} : { error }) }), shutdown: async () => {} }
  const { logger, lines } = recordingLogger()
  const logged = new LoggedExporter(exporter, logger)
  const codes: number[] = []
  for (const each of [undefined, new Error('Bad Request'), new Error('Bad Request'), undefined, undefined]) {
    error = each
    logged.export([], ({ code }) => codes.push(code))
  }
  t.same(codes, [0, 1, 1, 0, 0])
  t.match(lines.map((line) => JSON.parse(line)), [
    { level: 40, reason: 'Bad Request', msg: 'the receiver of traces does not accept spans' }, { level: 30, msg: 'the receiver of traces accepts spans again' }
  ])
  t.equal(lines.length, 2)
})
