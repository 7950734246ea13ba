// npm run test:languages [-- name…]: runs the hello and the examples of all languages, or of the named languages and package sets, on a
// real engine. Prints a line for each language; ends with «N passed, N failed».
import { selectImages } from '../images/sets.js'
import { languagesVariable } from './choose-languages.js'
import { report, testWithImages } from './report.js'
import { tap } from './tap.js'

/** The test file's time limit for each language, in seconds. */
const LANGUAGE_S = 60
/** Lines of languages that pass, and of failures with their reason. */
const SHOWN = /^ {4,8}ok \d+ - \S+ \d[\d.]* |^ *not ok |^Bail out|^Error/

await report(async () => {
  const names = await selectImages(process.argv.slice(2))
  return await testWithImages(names, async (socketPath) => await tap(['test/engine/languages.test.ts'], {
    flags: [`--timeout=${names.length * LANGUAGE_S + 60}`],
    env: { ...process.env, ...languagesVariable(names), RUNONCE_TEST_DOCKER_SOCKET: socketPath },
    show: (line) => SHOWN.test(line)
  }), { skipFailedBuilds: true })
})
