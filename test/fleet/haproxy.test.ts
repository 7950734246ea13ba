import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import t from 'tap'

import { startLoadBalancer, type Response } from './load-balancer.js'
import { RUN, startMachine, type Machine } from './machine.js'

/** Rate limit in haproxy.cfg, in requests per 60 s. */
const ALLOWED = 600
/** HAProxy estimates a sliding window of one minute, so it may apply the limit a little later. */
const TOLERANCE = 50

const startFleet = async (t: Parameters<typeof startMachine>[0], env: [Record<string, string>?, Record<string, string>?] = []) => {
  const machines: [Machine, Machine] = [await startMachine(t, env[0]), await startMachine(t, env[1])]
  return { machines, balancer: await startLoadBalancer(t, machines) }
}

const errorOf = ({ text }: Response) => JSON.parse(text).error

void t.test('HAProxy accepts the configuration without warnings', async (t) => {
  const { balancer } = await startFleet(t)
  const { stdout, stderr } = await promisify(execFile)('haproxy', ['-c', '-dW', '-f', balancer.config])
  t.match(stdout + stderr, /valid/)
})

void t.test('request targets', async (t) => {
  const { balancer, machines: [machine] } = await startFleet(t)

  await t.test('requests for /metrics in any spelling do not reach a machine', async (t) => {
    t.match((await machine.request('/metrics')).body, 'runonce_runs_running', 'a direct request to the machine succeeds')
    for (const target of [
      '/metrics', '/metrics?x=1', '/metrics?%zz', '/metrics;x', '/metrics/', '/metrics%00', '/%6detrics', '/%6Detrics', '/%6d%65trics?x',
      '/METRICS', '//metrics', '/%2fmetrics', 'http://localhost/metrics', 'HTTP://localhost/metrics', 'https://localhost/%6detrics',
      'http://localhost//metrics'
    ]) {
      for (const method of ['GET', 'HEAD', 'POST']) t.equal((await balancer.request(target, { method })).status, 404, `${method} ${target}`)
    }
  })

  await t.test('a target that is neither a path nor an absolute URL returns 400', async (t) => {
    const targets = ['*', '*metrics', '*%6detrics', '*docs', '*run/bash', 'metrics', 'xmetrics', 'foo://localhost/metrics', 'http:///metrics', 'localhost:80']
    for (const target of targets) {
      for (const method of ['GET', 'POST', 'OPTIONS']) t.equal((await balancer.request(target, { method })).status, 400, `${method} ${target}`)
    }
    t.equal(errorOf(await balancer.request('*metrics')), 'request.invalid')
  })

  await t.test('a target with a fragment, and a target that cannot be decoded, return 400', async (t) => {
    for (const target of ['/metrics#x', '/metrics#%zz', '/%6detrics#', 'http://localhost#/metrics', '/metrics%zz', '/metrics%', '/metrics%23%zz', '/%']) {
      t.equal((await balancer.request(target)).status, 400, target)
    }
  })

  await t.test('all other targets are served', async (t) => {
    for (const target of ['/livez', '/livez?x=%zz', '/%6civez', 'http://localhost/livez', '/docs/?next=/metrics']) {
      t.equal((await balancer.request(target)).status, 200, target)
    }
    t.equal((await balancer.request('http://localhost/run', { method: 'POST', body: RUN })).status, 200)
  })
})

void t.test('rate limits', async (t) => {
  const { balancer } = await startFleet(t)

  /** Sends requests from the addresses in turn until a request is refused. Resolves with the number of earlier requests. */
  const untilRefused = async (addresses: string[]) => {
    const agents = addresses.map((address) => balancer.agentFrom(address))
    for (let sent = 0; ; sent++) {
      const response = await balancer.request('/livez', { agent: agents[sent % agents.length]! })
      if (response.status === 200 && sent < ALLOWED + TOLERANCE) continue
      for (const agent of agents) agent.destroy()
      return { sent, response }
    }
  }
  const statusFrom = async (address: string) => {
    const agent = balancer.agentFrom(address)
    const { status } = await balancer.request('/livez', { agent })
    agent.destroy()
    return status
  }

  await t.test('limit per IPv4 address', async (t) => {
    const { sent, response } = await untilRefused(['192.0.2.1'])
    t.ok(sent >= ALLOWED && sent < ALLOWED + TOLERANCE, `${sent} requests passed`)
    t.match(response, { status: 429, headers: { 'retry-after': '60', 'content-type': 'application/json' } })
    t.equal(errorOf(response), 'rate_limit')
    t.equal(await statusFrom('192.0.2.1'), 429, 'another connection of the same address is limited too')
    t.equal(await statusFrom('192.0.2.2'), 200, 'another address is not limited')
  })

  await t.test('limit per IPv6 /64 network', async (t) => {
    const { sent, response } = await untilRefused(['2001:db8:0:1::1', '2001:db8:0:1::2', '2001:db8:0:1:ffff::1', '2001:db8:0:1:8000:1:2:3'])
    t.ok(sent >= ALLOWED && sent < ALLOWED + TOLERANCE, `${sent} requests passed`)
    t.equal(response.status, 429)
    t.equal(await statusFrom('2001:db8:0:1::abcd'), 429, 'a new address of the same /64 is limited too')
    t.equal(await statusFrom('2001:db8:0:2::1'), 200, 'another /64 is not limited')
    t.equal(await statusFrom('192.0.2.3'), 200)
  })
})
