import Fastify from 'fastify'
import t from 'tap'

import { Tracing } from '../../../service/observability/tracing.js'
import { OtlpReceiver } from '../../jobs/otlp-receiver.js'
import { recordingLogger } from '../fakes.js'

t.test('the span of a request contains the route, but neither the IDs in its path nor its query', async (t) => {
  const receiver = await OtlpReceiver.start(t)
  const tracing = new Tracing({ endpoint: receiver.url, name: 'runonce', version: '1.2.3', log: recordingLogger().logger })
  const app = Fastify()
  await app.register(tracing.plugin)
  app.get('/submissions/:token', async () => 'ok')
  for (const url of ['/submissions/secret-id?fields=secret-field', '/secret-path?x=secret-value']) await app.inject({ url })
  await app.close()
  await tracing.close()
  const paths = receiver.spans.filter(({ name }) => name === 'request')
    .map(({ attributes }) => attributes.find(({ key }) => key === 'url.path')?.value.stringValue)
  t.same(paths, ['/submissions/:token', ''])
  t.notMatch(JSON.stringify(receiver.spans), /secret/)
})
