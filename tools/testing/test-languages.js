// npm run test:languages [-- name…]: every language's hello and examples on the real engine, all languages or the named ones.
// A line for each language; ends with «N passed, N failed».
import { fileURLToPath } from 'node:url'

import { closingLine } from './counts.js'
import { installDependencies } from './prepare.js'
import { tap } from './tap.js'
import { withEngine } from './with-engine.js'

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
await installDependencies()
const { toldLanguages } = await import('./languages.js')
const { LANGUAGES, listLanguages } = await import('../images/language.js')
const { selectLanguages } = await import('../images/select.js')
/** tap's limit of a file, seconds: the whole catalogue may take as long as its own tests allow each language. */
const LANGUAGE_S = 60
/** A language that passes, and whatever fails: its line says what is wrong. */
const TELLING = /^ {4,8}ok \d+ - \S+ \d[\d.]* |^ *not ok |^Bail out|^Error/
try {
  const names = selectLanguages(process.argv.slice(2), await listLanguages(LANGUAGES))
  const count = await withEngine(names, async (socketPath) => {
    return await tap(['test/engine/languages.test.ts'], {
      flags: [`--timeout=${names.length * LANGUAGE_S + 60}`],
      env: { ...process.env, ...toldLanguages(names), RUNONCE_TEST_DOCKER_SOCKET: socketPath },
      show: (line) => TELLING.test(line)
    })
  }, { goOn: true })
  process.stdout.write(`${closingLine(count)}\n`)
  process.exitCode = count.failed > 0 || count.skipped > 0 || count.passed === 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`${/** @type {Error} */ (error).message}\n`)
  process.exitCode = 1
}
