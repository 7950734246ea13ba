/** Counts equal texts. */
export class Tally {
  /** @type {Map<string, number>} */
  #counts = new Map()

  /** The number of all texts. */
  get total () {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  /** @param {string} text */
  add (text) {
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1)
  }

  /** Returns each text with its number, as JSON. */
  toString () {
    return JSON.stringify(Object.fromEntries(this.#counts))
  }
}
