// npm run test:engines [-- --root DIR] [test file…]: the engine tests and the attacks on a second, newer Docker engine, Debian trixie's,
// in a root of its own beside the host's. As root on Debian or Ubuntu. The images come from the first engine. --root: a root made before.
// Ends with «N passed, N failed»; nothing of the second engine stays.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { closingLine } from './counts.js'
import { findTools, installDependencies } from './prepare.js'

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
await installDependencies()
const { engineTests } = await import('./engine-tests.js')
const { copyImages, describeEngine } = await import('./images-between.js')
const { startSecondEngine } = await import('./second-engine.js')
const { skip, withEngine } = await import('./with-engine.js')
const { firstLanguages } = await import('../images/language.js')

const { values, positionals } = parseArgs({ options: { root: { type: 'string' } }, allowPositionals: true })
try {
  const count = await onSecondEngine()
  process.stdout.write(`${closingLine(count)}\n`)
  process.exitCode = count.failed > 0 || count.skipped > 0 || count.passed === 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`${/** @type {Error} */ (error).message}\n`)
  process.exitCode = 1
}

async function onSecondEngine () {
  const missing = process.getuid?.() === 0 ? await findTools('secondEngine') : 'a second engine needs root'
  if (missing !== undefined) return skip(missing)
  const names = await firstLanguages()
  /** @type {Awaited<ReturnType<typeof startSecondEngine>> | undefined} */
  let second
  return await withEngine(names, async (firstPath) => {
    second = await startSecondEngine({ say, root: values.root })
    say(`it is ${await describeEngine(second.socketPath)}; the first is ${await describeEngine(firstPath)}`)
    say('copying the images')
    await copyImages(firstPath, second.socketPath, names)
    return await engineTests(second.socketPath, names, positionals)
  }, { before: async () => { await second?.stop() } })
}

/** @param {string} text */
function say (text) {
  process.stdout.write(`== second engine: ${text}\n`)
}
