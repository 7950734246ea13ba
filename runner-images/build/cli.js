// npm run images [-- [--first] [--glot-tags] name…]: builds the languages' images, all, the first ones or the named; what is up to date is skipped.
import { parseArgs } from 'node:util'
import Docker from 'dockerode'
import { ensureEngine, stopOnSignal } from '../../deploy/quickstart/engine.js'
import { buildAll } from './build-all.js'
import { firstLanguages } from './language.js'
import { diskUse } from './sizes.js'
import { formatTable } from './table.js'

/** @type {Awaited<ReturnType<typeof ensureEngine>> | undefined} */
let engine
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true, options: { first: { type: 'boolean', default: false }, 'glot-tags': { type: 'boolean', default: false } }
  })
  const names = [...positionals, ...values.first ? await firstLanguages() : []]
  engine = await ensureEngine()
  stopOnSignal(engine)
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
