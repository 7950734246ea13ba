// npm run test:fleet: tests deploy/haproxy/haproxy.cfg with HAProxy in front of two services, and services with a Redis server. Does not require a
// Docker engine: the test simulates the engine of each service. Prints a closing line `N passed, N failed`.
import { buildService } from '../lib/service-process.js'
import { findTools } from './host-tools.js'
import { report, skip } from './report.js'
import { tap } from './tap.js'

const FILES = ['test/fleet/*.test.ts']
const FLAGS = ['--jobs=1', '--timeout=300']

await report(async () => {
  const missing = await findTools('loadBalancer') ?? await findTools('redis')
  if (missing !== undefined) return skip(missing)
  await buildService()
  return await tap(FILES, { flags: FLAGS })
})
