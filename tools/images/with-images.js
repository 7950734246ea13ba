import { ensureEngine, stopOnSignal } from '../engine/engine.js'
import { buildImages } from './build-images.js'

/** @typedef {import('./build-images.js').Result} Result */

/**
 * Finds or starts an engine, builds the images of some languages, and then runs `work`. Afterwards, or on a signal, stops the engine if this
 * call started it.
 * @template T
 * @param {string[]} names names of languages; if empty, all languages
 * @param {(socketPath: string, images: Result[]) => Promise<T>} work
 * @param {object} [options]
 * @param {boolean} [options.glotTags]
 * @param {(socketPath: string) => Promise<void>} [options.prepare] runs before the builds
 * @param {() => Promise<void>} [options.cleanUp] runs before the engine stops, including after a signal
 * @returns {Promise<T>}
 * @throws SetupError if no engine is available
 */
export async function withImages (names, work, { glotTags = false, prepare = async () => {}, cleanUp = async () => {} } = {}) {
  const engine = await ensureEngine()
  const stop = async () => { await cleanUp().finally(() => engine.stop()) }
  stopOnSignal({ stop })
  try {
    await prepare(engine.socketPath)
    return await work(engine.socketPath, await buildImages({ socketPath: engine.socketPath, names, glotTags }))
  } finally {
    await stop()
  }
}
