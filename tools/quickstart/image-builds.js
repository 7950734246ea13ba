import { setTimeout as sleep } from 'node:timers/promises'

import { buildImages } from '../images/build-images.js'
import { buildOrder } from '../images/build-order.js'
import { readMeasurements } from '../images/measurements.js'

/** Time for the engine to cancel builds, in milliseconds. */
const CANCEL_MS = 15_000

/** The builds of the images: those of the most used languages first. */
export class ImageBuilds {
  #abort = new AbortController()
  /** Writes text above the lines that show the progress of the builds. */
  print = (/** @type {string} */ text) => { process.stdout.write(text) }

  /**
   * @param {object} options
   * @param {string} options.socketPath
   * @param {string[]} options.names
   * @param {(name: string) => void} options.onBuilt called as soon as an image is ready
   */
  constructor ({ socketPath, names, onBuilt }) {
    this.results = this.#build(socketPath, names, onBuilt)
    /** Rejects if no image could be built; otherwise, never settles. @type {Promise<never>} */
    this.failed = this.results.then((results) => {
      if (results.every((result) => 'error' in result)) throw new Error('no image could be built; see the errors above')
      return new Promise(() => {})
    })
    this.failed.catch(() => {})
  }

  /** Cancels the builds that have not ended. */
  async stop () {
    this.#abort.abort()
    await Promise.race([this.results.catch(() => {}), sleep(CANCEL_MS, undefined, { ref: false })])
  }

  /**
   * @param {string} socketPath
   * @param {string[]} names
   * @param {(name: string) => void} onBuilt
   */
  async #build (socketPath, names, onBuilt) {
    const { languages } = await readMeasurements()
    return await buildImages({
      socketPath,
      names,
      order: (all) => buildOrder(all, languages),
      signal: this.#abort.signal,
      onResult: (result, print) => {
        this.print = print
        if (!('error' in result)) onBuilt(result.name)
      }
    })
  }
}
