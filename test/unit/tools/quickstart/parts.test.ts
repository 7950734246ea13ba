import t from 'tap'

import { Parts } from '../../../../tools/quickstart/parts.js'

t.test('parts stop in reverse order', async (t) => {
  const parts = new Parts()
  const stopped: string[] = []
  for (const name of ['engine', 'builds', 'service']) await parts.keep(Promise.resolve({ stop: async () => { stopped.push(name) } }))
  await parts.stop()
  t.same([stopped, parts.isStopping], [['service', 'builds', 'engine'], true])
})

t.test('a part that starts while another one stops is stopped too', async (t) => {
  const parts = new Parts()
  const stopped: string[] = []
  await parts.keep(Promise.resolve({
    stop: async () => {
      await parts.keep(Promise.resolve({ stop: async () => { stopped.push('service') } }))
      stopped.push('engine')
    }
  }))
  await parts.stop()
  t.same(stopped, ['engine', 'service'])
})

t.test('an error of one part does not prevent that the others stop', async (t) => {
  const parts = new Parts()
  const stopped: string[] = []
  await parts.keep(Promise.resolve({ stop: async () => { stopped.push('engine') } }))
  await parts.keep(Promise.reject(new Error('not started'))).catch(() => {})
  await parts.stop()
  t.same(stopped, ['engine'])
})
