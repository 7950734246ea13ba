// npm run images [-- [--first] [--glot-tags] name…]: builds the languages' images, all, the first ones or the named; what is up to date is skipped.
// Starts without node_modules: what needs packages is imported late.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureEngine, stopOnSignal } from '../engine/engine.js'
import { installClients, installDependencies } from '../testing/prepare.js'

const IMAGES = fileURLToPath(new URL('../../runner-images', import.meta.url))

process.chdir(path.join(IMAGES, '..'))
/** @type {Awaited<ReturnType<typeof ensureEngine>> | undefined} */
let engine
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true, options: { first: { type: 'boolean', default: false }, 'glot-tags': { type: 'boolean', default: false } }
  })
  await installDependencies()
  const { default: Docker } = await import('dockerode')
  const { buildAll } = await import('./build-all.js')
  const { LANGUAGES, firstLanguages, listLanguages, registriesOf } = await import('./language.js')
  const { selectLanguages } = await import('./select.js')
  const { diskUse } = await import('./sizes.js')
  const { formatTable } = await import('./table.js')
  const names = selectLanguages([...positionals, ...values.first ? await firstLanguages() : []], await listLanguages(LANGUAGES))
  engine = await ensureEngine()
  stopOnSignal(engine)
  await installClients(await registriesOf(IMAGES, names))
  const results = await buildAll({ socketPath: engine.socketPath, names, glotTags: values['glot-tags'] })
  const tags = results.flatMap((result) => 'error' in result ? [] : [result.tag])
  process.stdout.write(`\n${formatTable(results, await diskUse(new Docker({ socketPath: engine.socketPath }), tags))}\n`)
  if (results.some((result) => 'error' in result)) process.exitCode = 1
} catch (error) {
  process.stderr.write(`${/** @type {Error} */ (error).message}\n`)
  process.exitCode = 1
} finally {
  await engine?.stop()
}
