/** @typedef {{stop(): Promise<unknown>}} Stoppable */

/** The parts that have been started or are starting. */
export class Parts {
  /** @type {Promise<Stoppable>[]} */
  #starting = []
  /** @type {Promise<void> | undefined} */
  #stopping

  get isStopping () { return this.#stopping !== undefined }

  /**
   * Registers a part that is starting.
   * @template {Stoppable} T
   * @param {Promise<T>} starting
   * @returns {Promise<T>}
   */
  async keep (starting) {
    this.#starting.push(starting)
    return await starting
  }

  /** Stops the parts in reverse order, each after it has started. Prints errors. Idempotent. */
  async stop () {
    this.#stopping ??= this.#stopAll()
    await this.#stopping
  }

  async #stopAll () {
    // A part can be added while another one stops.
    for (let starting = this.#starting.pop(); starting !== undefined; starting = this.#starting.pop()) {
      const part = await starting.catch(() => undefined)
      await part?.stop().catch((/** @type {Error} */ error) => process.stderr.write(`${error.message}\n`))
    }
  }
}
