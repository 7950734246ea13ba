import { NONE } from './counts.js'
import { installClients } from './prepare.js'
import { run } from './process.js'

/** @typedef {import('./counts.js').Counts} Counts */

/**
 * With an engine, the languages' images and the built service; the engine is stopped again if it was started here.
 * @param {string[]} names of languages
 * @param {(socketPath: string) => Promise<Counts>} work
 * @param {{goOn?: boolean, before?: () => Promise<void>}} [options] goOn: without the images that can't be built, which the work
 *   will find missing; before: what has to end before the engine, on a signal too
 */
export async function withEngine (names, work, { goOn = false, before = async () => {} } = {}) {
  const { ensureEngine, stopOnSignal } = await import('../engine/engine.js')
  const { buildAll } = await import('../images/build-all.js')
  const { registriesOf } = await import('../images/language.js')
  const found = await ensureEngine().catch((/** @type {Error} */ error) => error)
  if (found instanceof Error) return skip(found.message)
  const stop = async () => { await before().finally(() => found.stop()) }
  stopOnSignal({ stop })
  await installClients(await registriesOf('runner-images', names))
  try {
    const images = await buildAll({ socketPath: found.socketPath, names })
    const failed = images.filter((image) => 'error' in image)
    if (failed.length > 0 && !goOn) return { ...NONE, failed: failed.length }
    const built = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'])
    if (built.exitCode !== 0) return { ...NONE, failed: 1 }
    return await work(found.socketPath)
  } finally {
    await stop()
  }
}

/** @param {string} reason @returns {Counts} */
export function skip (reason) {
  process.stdout.write(`skipped: ${reason}\n`)
  return { ...NONE, skipped: 1 }
}
