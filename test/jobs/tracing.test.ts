import t from 'tap'

import { run, startNode, TOKEN, until } from './kit.js'
import { OtlpReceiver, type Span } from './otlp-receiver.js'
import { RedisServer } from './redis-server.js'

const SERVER = 2
const CONSUMER = 5
/** Spans end with whole milliseconds of different clocks. */
const TOLERANCE_NS = 5e6

const parentOf = (traceId: string) => ({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
const attributesOf = ({ attributes }: Span) => Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

t.test('a run and a job continue the trace of the client', async (t) => {
  const receiver = await OtlpReceiver.start(t)
  const redis = await RedisServer.start(t)
  const node = await startNode(t, redis.url, { OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/`, OTEL_BSP_SCHEDULE_DELAY: '100' })
  const [ofRun, ofStream, ofJob] = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)]
  t.equal((await node.request('/run', { body: run(), headers: parentOf(ofRun) })).status, 200)
  t.equal((await node.request('/run', { body: run(), headers: { ...parentOf(ofStream), accept: 'text/event-stream' } })).status, 200)
  const accepted = await node.request('/jobs', { body: run(), headers: parentOf(ofJob) })
  await until(() => receiver.named(ofJob, 'job').length === 1, 'the span of the job')
  await until(() => receiver.named(ofRun, 'request').length === 1 && receiver.named(ofStream, 'request').length === 1, 'the spans of the requests')
  t.same([...new Set(receiver.paths)], ['/v1/traces'])

  for (const traceId of [ofRun, ofStream]) {
    const [request, ofTrace] = [receiver.named(traceId, 'request')[0], receiver.named(traceId, 'run')[0]]
    if (request === undefined || ofTrace === undefined) return t.fail('the spans are missing')
    t.match(request, { kind: SERVER, parentSpanId: '00f067aa0ba902b7' })
    t.match(attributesOf(request), { 'http.route': '/run', 'http.request.method': 'POST', 'http.response.status_code': 200 })
    t.match(attributesOf(ofTrace), { 'runonce.token': 'default', 'runonce.image': 'runonce/bash:latest', 'runonce.outcome': 'completed', 'runonce.pooled': false })
    for (const name of ['queue', 'lease', 'exchange']) t.match(receiver.named(traceId, name), [{ parentSpanId: ofTrace.spanId }], name)
    const [lease] = receiver.named(traceId, 'lease')
    for (const call of ['create', 'attach', 'start']) t.match(receiver.named(traceId, `engine ${call}`), [{ parentSpanId: lease?.spanId }], call)
    for (const span of receiver.spans.filter((each) => each.parentSpanId === ofTrace.spanId)) {
      t.ok(Number(span.startTimeUnixNano) >= Number(ofTrace.startTimeUnixNano) - TOLERANCE_NS, `${span.name} starts in the run`)
      t.ok(Number(span.endTimeUnixNano) <= Number(ofTrace.endTimeUnixNano) + TOLERANCE_NS, `${span.name} ends in the run`)
    }
  }
  const [job] = receiver.named(ofJob, 'job')
  t.match(job, { kind: CONSUMER })
  t.match(receiver.named(ofJob, 'run'), [{ parentSpanId: job?.spanId }])
  t.equal(attributesOf(job as Span)['runonce.job_id'], accepted.body.ids[0])
  const spanIds = receiver.spans.filter(({ traceId }) => traceId === ofJob).map(({ spanId }) => spanId)
  t.ok(spanIds.includes(job?.parentSpanId ?? ''), 'the span of the job is a child of a span of the request')
  const text = JSON.stringify(receiver.spans)
  t.notOk(text.includes(TOKEN) || text.includes('echo hi'), 'spans contain neither tokens nor code')
})

t.test('a receiver that does not respond delays neither runs nor the shutdown', async (t) => {
  const redis = await RedisServer.start(t)
  const node = await startNode(t, redis.url, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_BSP_SCHEDULE_DELAY: '100' })
  t.equal((await node.request('/run', { body: run() })).status, 200)
  const startedAt = performance.now()
  t.equal(await node.service.stop(), 0)
  t.ok(performance.now() - startedAt < 10_000)
})
