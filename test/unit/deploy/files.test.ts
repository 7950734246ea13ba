import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import t from 'tap'

import { readConfig } from '../../../service/config/config.js'
import { longestRunMs } from '../../../service/protocol/limits.js'
import { stopSeconds } from './stop-time.js'

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../../${file}`, import.meta.url)), 'utf8')
const UNIT = 'deploy/systemd/runonce.service'
const COMPOSE = 'deploy/compose.yaml'
const STACK = 'deploy/swarm/stack.yaml'

void t.test('all start commands are equal and have no V8 flags, because service/v8-flags.ts sets them', async (t) => {
  t.equal(JSON.parse(read('package.json')).scripts.start, 'node dist/server.js')
  t.match(read(UNIT), '\nExecStart=/usr/bin/node dist/server.js\n')
  t.match(read(STACK), ' exec node dist/server.js\n')
  t.match(read('deploy/Dockerfile'), '\nCMD ["node", "dist/server.js"]\n')
  t.match(read('service/server.ts'), /^import '\.\/v8-flags\.js'\n/, 'v8-flags.js is imported before any other module')
})

void t.test('the young generation of a process that sets the flags at startup does not grow', async (t) => {
  // Prints the median size of the young generation in bytes. V8 may add pages for the duration of one garbage collection, so that single
  // samples are larger. The program imports the module without a build step, because the module contains no types.
  const program = `
    const { getHeapSpaceStatistics } = await import('node:v8')
    const kept = []
    const sizes = []
    for (let i = 0; i < 2e6; i++) {
      kept[i % 2e5] = { i, list: [i] }
      if (i % 1e5 === 0) sizes.push(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size)
    }
    console.log(sizes.sort((a, b) => a - b)[sizes.length / 2])`
  const medianSize = async (flags: string) =>
    Number((await promisify(execFile)(process.execPath, ['--input-type=module', '-e', flags + program])).stdout)
  const [limited, unlimited] = [await medianSize(read('service/v8-flags.ts')), await medianSize('')]
  t.ok(limited > 0 && limited <= unlimited / 4, `${limited} bytes with the flags, ${unlimited} bytes without`)
})

void t.test('deployments do not kill the service while it finishes accepted runs', async (t) => {
  const longest = stopSeconds(readConfig({ API_ACCESS_TOKEN: 'correct-horse-battery-staple' }))
  t.ok(longest > 60)
  for (const [file, line] of [[UNIT, /^TimeoutStopSec=(\d+)$/m], [COMPOSE, /stop_grace_period: (\d+)s$/m], [STACK, /stop_grace_period: (\d+)s$/m]] as const) {
    t.ok(Number(line.exec(read(file))?.[1]) > longest, file)
  }
})

void t.test('the timeouts of the load balancer exceed the longest duration of a run', async (t) => {
  const { admission, run } = readConfig({ API_ACCESS_TOKEN: 'correct-horse-battery-staple' })
  const config = read('deploy/haproxy/haproxy.cfg')
  const seconds = (name: string) => [...config.matchAll(new RegExp(`^ +timeout ${name} (\\d+)s$`, 'mg'))].map(([, value]) => Number(value))
  const [server = 0, internalServer = 0] = seconds('server')
  t.ok(server > (admission.queueTimeoutMs + longestRunMs(run, { interactive: false })) / 1000 + 10, 'server')
  t.same(seconds('queue'), [admission.queueTimeoutMs / 1000])
  t.ok(internalServer >= server + 2 * (seconds('queue')[0] ?? 0), 'the time in the queue')
  t.same(seconds('client'), [internalServer])
  t.ok((seconds('tunnel')[0] ?? 0) > (admission.queueTimeoutMs + longestRunMs(run, { interactive: true })) / 1000 + 10, 'tunnel')
})

void t.test('the sandbox of the systemd unit permits what the service requires', async (t) => {
  const unit = read(UNIT)
  // Without netlink, Node cannot list the network interfaces. Fastify lists them at 0.0.0.0 and ::, so the service would fail at startup.
  t.match(/^RestrictAddressFamilies=(.*)$/m.exec(unit)?.[1]?.split(' ').sort(), ['AF_INET', 'AF_INET6', 'AF_NETLINK', 'AF_UNIX'])
  t.notMatch(unit, /^MemoryDenyWriteExecute=(?!no)/m, 'V8 compiles')
  t.notMatch(unit, /^ProcSubset=(?!all)/m, 'the service reads /proc/sys to identify its containers')
})
