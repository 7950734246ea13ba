import path from 'node:path'

import { buildRunner, buildShared } from './build-image.js'
import { failureText } from './docker-build.js'
import { readLanguage } from './language.js'

/**
 * @typedef {import('./build-image.js').Builder} Builder
 * @typedef {import('./progress.js').Progress} Progress
 */

/** Builds each stage that several images share once, when the first image requires it. */
export class Stages {
  /** @type {Map<string, Promise<void>>} */
  #made = new Map()
  #runnerBuilt = false
  #builder
  #progress

  /**
   * @param {Builder} builder
   * @param {Progress} progress
   */
  constructor (builder, progress) {
    this.#builder = builder
    this.#progress = progress
  }

  /**
   * Starts the build of the runner, which the packages of a language do not need.
   * @returns {Promise<void> | undefined} undefined if the runner is built
   */
  runner () {
    if (this.#runnerBuilt) return undefined
    return this.#once('runner', async (say) => {
      await buildRunner(this.#builder, say)
      this.#runnerBuilt = true
    })
  }

  /**
   * Builds the stages with the packages that a language shares with others.
   * @param {string} language
   */
  async packages (language) {
    const { shared = [] } = (await readLanguage(path.join(this.#builder.imagesDir, 'languages'), language)).language
    await this.#once('common', (say) => buildShared(this.#builder, [], say))
    if (shared.length > 0) await this.#once(shared.join('+'), (say) => buildShared(this.#builder, shared, say))
  }

  /**
   * @param {string} name
   * @param {(say: (step: string) => void) => Promise<void>} make
   */
  #once (name, make) {
    const made = this.#made.get(name) ?? this.#ensure(name, make)
    this.#made.set(name, made)
    // Each image that requires the stage awaits it, but may fail before that.
    made.catch(() => {})
    return made
  }

  /**
   * @param {string} name
   * @param {(say: (step: string) => void) => Promise<void>} make
   */
  async #ensure (name, make) {
    try {
      await make((step) => this.#progress.step(name, step))
      this.#progress.done(name, 'built')
    } catch (error) {
      if (this.#builder.signal?.aborted) throw error
      this.#progress.done(name, failureText(/** @type {Error} */ (error)))
      throw new Error(`the build of the shared stage ${name} failed; see the errors above`, { cause: error })
    }
  }
}
