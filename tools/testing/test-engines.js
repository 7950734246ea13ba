// npm run test:engines [-- --root DIR] [test file…]: runs the engine tests and the attacks on a second, newer Docker engine: the engine of Debian
// trixie, in a separate root file system. Requires root on Debian or Ubuntu. Copies the images from the first engine. --root: uses an existing root.
// Prints a closing line `N passed, N failed`. Removes the second engine completely.
import { parseArgs } from 'node:util'

import { firstLanguages } from '../images/language.js'
import { copyImages, describeEngine } from '../images/copy-images.js'
import { engineTests } from './engine-tests.js'
import { findTools } from './host-tools.js'
import { report, skip, testWithImages } from './report.js'
import { startSecondEngine } from '../engine/second-engine.js'

const { values, positionals } = parseArgs({ options: { root: { type: 'string' } }, allowPositionals: true })
await report(async () => {
  const missing = process.getuid?.() === 0 ? await findTools('secondEngine') : 'a second engine requires root'
  if (missing !== undefined) return skip(missing)
  const names = await firstLanguages()
  /** @type {Awaited<ReturnType<typeof startSecondEngine>> | undefined} */
  let second
  return await testWithImages(names, async (firstPath) => {
    second = await startSecondEngine({ say, root: values.root })
    say(await describeEngine(second.socketPath))
    say(`the first engine is ${await describeEngine(firstPath)}`)
    await copyImages(firstPath, second.socketPath, names)
    return await engineTests(second.socketPath, names, positionals)
  }, { cleanUp: async () => { await second?.stop() } })
})

/** @param {string} text */
function say (text) {
  process.stdout.write(`== second engine: ${text}\n`)
}
