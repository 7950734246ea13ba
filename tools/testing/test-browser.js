// npm run test:browser [-- file…]: tests the web pages of the service in Chromium, on a real engine. Prints a closing line `N passed, N failed`.
import { findTools } from './host-tools.js'
import { report, skip, testWithImages } from './report.js'
import { tap } from './tap.js'

const LANGUAGES = ['cpp', 'python']
const FILES = 'test/browser/*.test.ts'
const FLAGS = ['--jobs=1', '--timeout=480']

const wanted = process.argv.slice(2)
await report(async () => {
  const missing = await findTools('browser')
  if (missing !== undefined) return skip(missing)
  return await testWithImages(LANGUAGES, async (socketPath) =>
    await tap(wanted.length > 0 ? wanted : [FILES], { flags: FLAGS, env: { ...process.env, RUNONCE_TEST_DOCKER_SOCKET: socketPath } }))
})
