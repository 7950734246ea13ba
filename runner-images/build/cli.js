// npm run images [-- name…]: builds the languages' images, all or the named ones; what is up to date is skipped.
import { ensureEngine, stopOnSignal } from '../../deploy/quickstart/engine.js'
import { buildAll } from './build-all.js'
import { formatTable } from './table.js'

/** @type {Awaited<ReturnType<typeof ensureEngine>> | undefined} */
let engine
try {
  engine = await ensureEngine()
  stopOnSignal(engine)
  const results = await buildAll({ socketPath: engine.socketPath, names: process.argv.slice(2) })
  process.stdout.write(`\n${formatTable(results)}\n`)
  if (results.some((result) => 'error' in result)) process.exitCode = 1
} catch (error) {
  process.stderr.write(`${/** @type {Error} */ (error).message}\n`)
  process.exitCode = 1
} finally {
  await engine?.stop()
}
