// npm run test:fleet [-- file…]: tests deploy/haproxy/haproxy.cfg with HAProxy in front of several services, and services with a Redis server and
// Prometheus. The tests simulate the engine of each service, except those in test/fleet/engine, which use a real engine. Prints a closing line
// «N passed, N failed».
import { buildService } from '../lib/service-process.js'
import { sum } from './counts.js'
import { findTools } from './host-tools.js'
import { report, skip, testWithImages } from './report.js'
import { tap } from './tap.js'

const FILES = 'test/fleet/*.test.ts'
const ENGINE_FILES = 'test/fleet/engine/*.test.ts'
const LANGUAGES = ['bash', 'python']
/** Time limit of a test file, in seconds. */
const FILE_S = 600
const FLAGS = ['--jobs=1', `--timeout=${FILE_S}`]

const wanted = process.argv.slice(2)
await report(async () => {
  const missing = await findTools('loadBalancer') ?? await findTools('redis') ?? await findTools('monitoring')
  if (missing !== undefined) return skip(missing)
  await buildService()
  if (wanted.length > 0) return await tap(wanted, { flags: FLAGS })
  return sum([await tap([FILES], { flags: FLAGS }), await testWithImages(LANGUAGES, engineTests)])
})

/** @param {string} socketPath */
async function engineTests (socketPath) {
  return await tap([ENGINE_FILES], { flags: FLAGS, env: { ...process.env, RUNONCE_TEST_DOCKER_SOCKET: socketPath } })
}
