import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import t from 'tap'

import { startLoadBalancer } from './load-balancer.js'
import { RUN, startMachine, TOKEN, until } from './machine.js'

const NEW_TOKEN = 'fleet-test-new-7a40e1'

void t.test('token rotation: no request is refused while a token is replaced on two machines', async (t) => {
  const file = join(t.testdir(), 'tokens.json')
  const write = (tokens: Record<string, string>) => {
    const entries = Object.entries(tokens).map(([name, token]) => ({ name, token }))
    writeFileSync(`${file}.new`, JSON.stringify({ tokens: entries }), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  write({ app: TOKEN })
  const env = { API_ACCESS_TOKEN: '', API_TOKENS_FILE: file }
  const machines = [await startMachine(t, env), await startMachine(t, env)]
  const balancer = await startLoadBalancer(t, machines)
  let reloads = 0
  const reload = async () => {
    reloads++
    for (const machine of machines) {
      machine.reload()
      await until(() => machine.log.split('tokens file read again').length === reloads + 1, 'the new tokens')
    }
  }
  const statuses: number[] = []
  let token = TOKEN
  const stopping = new AbortController()
  const client = (async () => {
    while (!stopping.signal.aborted) statuses.push((await balancer.request('/run', { method: 'POST', body: RUN, headers: { authorization: `Bearer ${token}` } })).status)
  })()
  const moreRuns = async () => {
    const { length } = statuses
    await until(() => statuses.length > length + 4, 'some runs')
  }

  await moreRuns()
  write({ app: TOKEN, 'app-new': NEW_TOKEN })
  await reload()
  await moreRuns()
  token = NEW_TOKEN
  await moreRuns()
  write({ 'app-new': NEW_TOKEN })
  await reload()
  await moreRuns()
  stopping.abort()
  await client
  t.same([...new Set(statuses)], [200])
  for (const machine of machines) t.equal((await machine.request('/run', RUN)).status, 401, 'the old token is no longer valid')
})
