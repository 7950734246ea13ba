// npm run test:quickstart: runs the quickstart with an empty cache, which includes a private engine and the build of the base image. Requires root on
// Debian or Ubuntu, and no other Docker engine. Takes about 5 minutes. Prints a closing line «N passed, N failed».
import { findTools } from './host-tools.js'
import { report, skip } from './report.js'
import { pingError } from '../engine/ping.js'
import { canStart } from '../engine/own-engine.js'
import { tap } from './tap.js'

const SYSTEM_SOCKET = '/var/run/docker.sock'
/** Time limit of a test file, in seconds. */
const FILE_S = 3600

await report(async () => {
  if (!canStart()) return skip('this user cannot start a private engine')
  if (process.env.DOCKER_HOST || await pingError(SYSTEM_SOCKET) === undefined) return skip('the quickstart would use an engine that already runs')
  const missing = await findTools('secondEngine')
  if (missing !== undefined) return skip(missing)
  return await tap(['test/quickstart/*.test.ts'], { flags: ['--jobs=1', `--timeout=${FILE_S}`] })
})
