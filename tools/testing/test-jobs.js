// npm run test:jobs [-- file…]: tests jobs and webhooks with a Redis server and built services. Does not require a Docker engine: the tests simulate
// it. Prints a closing line `N passed, N failed`.
import { buildService } from '../lib/service-process.js'
import { findTools } from './host-tools.js'
import { report, skip } from './report.js'
import { tap } from './tap.js'

const FILES = ['test/jobs/*.test.ts']
/** Time limit of a test file, in seconds. */
const FILE_S = 600

const wanted = process.argv.slice(2)
await report(async () => {
  const missing = await findTools('redis')
  if (missing !== undefined) return skip(missing)
  await buildService()
  return await tap(wanted.length > 0 ? wanted : FILES, { flags: ['--jobs=1', `--timeout=${FILE_S}`] })
})
