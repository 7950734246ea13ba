// npm run test:clients [-- file…]: tests the compatible APIs with clients of the other systems, on a real engine. Installs pinned versions of the
// clients from their package registries into a cache folder. Prints a closing line `N passed, N failed`.
import { languagesVariable } from './choose-languages.js'
import { report, testWithImages } from './report.js'
import { tap } from './tap.js'

const LANGUAGES = ['c', 'cpp', 'javascript', 'python']
const FILES = 'test/clients/*.test.ts'
/** Time limit of a test file, in seconds. It includes the installation of the client. */
const FILE_S = 1200

const wanted = process.argv.slice(2)
await report(async () => await testWithImages(LANGUAGES, async (socketPath) => await tap(wanted.length > 0 ? wanted : [FILES], {
  flags: ['--jobs=1', `--timeout=${FILE_S}`],
  env: { ...process.env, ...languagesVariable(LANGUAGES), RUNONCE_TEST_DOCKER_SOCKET: socketPath }
})))
