// node tools/run.js FILE [argument…]: installs the dependencies where they are missing or outdated, then runs a tool from the repository's root.
// Itself it needs nothing but Node, so that the first command in a new clone works.
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { installDependencies } from './lib/dependencies.js'
import { SetupError } from './lib/setup-error.js'

const [file = '', ...args] = process.argv.slice(2)
process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const tool = path.resolve(file)
process.argv.splice(1, Infinity, tool, ...args)
// On exit, npm is ended too. The tool handles signals itself.
const exit = () => process.exit(130)
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
for (const signal of SIGNALS) process.once(signal, exit)
try {
  await installDependencies()
  for (const signal of SIGNALS) process.off(signal, exit)
  await import(pathToFileURL(tool).href)
} catch (error) {
  const { message, stack } = /** @type {Error} */ (error)
  process.stderr.write(`${error instanceof SetupError ? message : stack}\n`)
  process.exitCode = 1
}
