// npm run test:languages [-- name…]: runs the hello program and the examples of all languages, or of the named languages and package sets, on a
// real engine. Prints a line for each language and a closing line `N passed, N failed`.
import { selectImages } from '../images/sets.js'
import { languagesVariable } from './choose-languages.js'
import { report, testWithImages } from './report.js'
import { tap } from './tap.js'

/** Time limit of the test file per language, in seconds. */
const LANGUAGE_S = 60
/** Selects the lines to print: languages that pass, and failures with their reason. */
const SHOWN = /^ {4,8}ok \d+ - \S+ \d[\d.]* |^ *not ok |^Bail out|^Error/

await report(async () => {
  const names = await selectImages(process.argv.slice(2))
  return await testWithImages(names, async (socketPath) => await tap(['test/engine/languages.test.ts'], {
    flags: [`--timeout=${names.length * LANGUAGE_S + 60}`],
    env: { ...process.env, ...languagesVariable(names), RUNONCE_TEST_DOCKER_SOCKET: socketPath },
    show: (line) => SHOWN.test(line)
  }), { skipFailedBuilds: true })
})
