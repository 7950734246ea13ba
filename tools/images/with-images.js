import { ensureEngine, stopOnSignal } from '../engine/engine.js'
import { buildImages } from './build-images.js'

/** @typedef {import('./build-images.js').Result} Result */

/**
 * Finds or starts an engine, builds the images of some languages, and then does some work. Finally, or on a signal, it stops the engine
 * that it started.
 * @template T
 * @param {string[]} names of languages; all when empty
 * @param {(socketPath: string, images: Result[]) => Promise<T>} work
 * @param {{glotTags?: boolean, cleanUp?: () => Promise<void>}} [options] cleanUp: runs before the engine stops, on a signal too
 * @returns {Promise<T>}
 * @throws SetupError when no engine is available
 */
export async function withImages (names, work, { glotTags = false, cleanUp = async () => {} } = {}) {
  const engine = await ensureEngine()
  const stop = async () => { await cleanUp().finally(() => engine.stop()) }
  stopOnSignal({ stop })
  try {
    return await work(engine.socketPath, await buildImages({ socketPath: engine.socketPath, names, glotTags }))
  } finally {
    await stop()
  }
}
