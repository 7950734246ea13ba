// node tools/run.js FILE [argument…]: installs missing or outdated dependencies, then runs a tool from the root of the repository.
// This file depends on Node only, so that the first command works in a new clone.
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { installDependencies } from './lib/dependencies.js'
import { SetupError } from './lib/setup-error.js'

const [file = '', ...args] = process.argv.slice(2)
process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const tool = path.resolve(file)
process.argv.splice(1, Infinity, tool, ...args)
// Also ends npm on exit. The tool handles signals itself.
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
