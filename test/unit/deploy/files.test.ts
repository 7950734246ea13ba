import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import t from 'tap'

import { readConfig } from '../../../service/config.js'

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../../${file}`, import.meta.url)), 'utf8')
const UNIT = 'deploy/systemd/runonce.service'
const COMPOSE = 'deploy/compose.yaml'
const STACK = 'deploy/swarm/stack.yaml'

void t.test('the service is started with the same flags everywhere', async (t) => {
  const [, flags = ''] = /^node (.*) dist\/server\.js$/.exec(JSON.parse(read('package.json')).scripts.start) ?? []
  t.not(flags, '')
  const list = flags.split(' ')
  t.ok(read(UNIT).includes(`\nExecStart=/usr/bin/node ${flags} dist/server.js\n`), UNIT)
  t.ok(read(STACK).includes(` exec node ${flags} dist/server.js\n`), STACK)
  t.ok(read('deploy/Dockerfile').includes(`\nCMD ${JSON.stringify(['node', ...list, 'dist/server.js']).replaceAll('","', '", "')}\n`), 'deploy/Dockerfile')
  t.ok(read('tools/lib/service-process.js').includes(`[${[...list, 'dist/server.js'].map((each) => `'${each}'`).join(', ')}]`), 'quickstart')
})

void t.test('nothing kills the service while it finishes the runs that it accepted', async (t) => {
  const { admission, run } = readConfig({ API_ACCESS_TOKEN: 'correct-horse-battery-staple' })
  const grace = Number(/STOP_GRACE_MS = ([\d_]+)/.exec(read('service/server.ts'))?.[1]?.replaceAll('_', ''))
  const stopSeconds = (admission.queueTimeoutMs + run.timeMs + grace) / 1000
  t.ok(stopSeconds > 10)
  for (const [file, line] of [[UNIT, /^TimeoutStopSec=(\d+)$/m], [COMPOSE, /stop_grace_period: (\d+)s$/m], [STACK, /stop_grace_period: (\d+)s$/m]] as const) {
    t.ok(Number(line.exec(read(file))?.[1]) > stopSeconds, file)
  }
})

void t.test('a load balancer waits longer than a run can take', async (t) => {
  const { admission, run } = readConfig({ API_ACCESS_TOKEN: 'correct-horse-battery-staple' })
  for (const name of ['client', 'server']) {
    const seconds = Number(new RegExp(`^ +timeout ${name} (\\d+)s$`, 'm').exec(read('deploy/haproxy/haproxy.cfg'))?.[1])
    t.ok(seconds > (admission.queueTimeoutMs + run.timeMs) / 1000 + 10, name)
  }
})

void t.test('the unit\'s sandbox leaves the service what it needs', async (t) => {
  const unit = read(UNIT)
  // Without netlink, Node can't list the interfaces, which fastify does at 0.0.0.0 and ::, and the service ends at its start.
  t.match(/^RestrictAddressFamilies=(.*)$/m.exec(unit)?.[1]?.split(' ').sort(), ['AF_INET', 'AF_INET6', 'AF_NETLINK', 'AF_UNIX'])
  t.notMatch(unit, /^MemoryDenyWriteExecute=(?!no)/m, 'V8 compiles')
  t.notMatch(unit, /^ProcSubset=(?!all)/m, 'its containers\' owner is told by /proc/sys')
})
