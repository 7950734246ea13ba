import t from 'tap'

import { overloaded } from '../../../service/errors.js'
import { COMPLETED, decodedOf } from '../fakes.js'
import { startApp } from './start-app.js'

const RUN = { image: 'runonce/python:latest', payload: { files: [{ name: 'main.py', content: '1' }] } }

t.test('the responses of runs contain the durations of the phases', async (t) => {
  const { post, inject, runs } = await startApp(t)
  runs.handler = async ({ phases }) => {
    Object.assign(phases ?? {}, { queue: 0.123, lease: 2, create: 1, exchange: 30.456 })
    return decodedOf(COMPLETED)
  }
  for (const [url, body] of [['/run', RUN], ['/run/python', { code: '1' }], ['/api/execute', { language: 'python', code: '1' }]] as const) {
    t.equal((await post(url, body)).headers['server-timing'], 'queue;dur=0.12, lease;dur=2.00, run;dur=30.46', url)
  }
  t.notOk('server-timing' in (await inject({ url: '/version' })).headers)
})

t.test('a response with events and an error contain the phases that have ended', async (t) => {
  const { post, runs } = await startApp(t)
  runs.handler = async ({ phases, events }) => {
    Object.assign(phases ?? {}, { queue: 1, lease: 2 })
    events?.started()
    Object.assign(phases ?? {}, { exchange: 3 })
    if (events === undefined) throw overloaded('The service is shutting down', 1)
    return decodedOf(COMPLETED)
  }
  t.equal((await post('/run', RUN, { accept: 'text/event-stream' })).headers['server-timing'], 'queue;dur=1.00, lease;dur=2.00')
  t.match(await post('/run', RUN), { statusCode: 503, headers: { 'server-timing': 'queue;dur=1.00, lease;dur=2.00, run;dur=3.00' } })
  runs.handler = async () => { throw overloaded('The run queue is full', 1) }
  t.notOk('server-timing' in (await post('/run', RUN)).headers, 'the run did not leave the queue')
})
