/** @typedef {import('./hello.js').Hello} Hello */

/**
 * @template {import('./hello.js').Service} Service
 * @typedef {object} Steps
 * @property {() => Promise<Service>} serve starts the service
 * @property {(service: Service, language: string) => Promise<Hello>} hello
 * @property {(service: Service, hello: Hello, isFirst: boolean) => void} say called after each hello program; `isFirst`: it is the first that worked
 */

/**
 * Adds languages while the images of other languages are being built: starts the service for the first one, and runs the hello program of
 * each.
 * @template {import('./hello.js').Service} Service
 */
export class Arrivals {
  /** @type {Hello[]} */
  hellos = []
  /** The arrivals so far, one after the other. */
  #queue = Promise.resolve()
  #steps
  /** @type {(service: Service) => void} */
  #resolveServing = () => {}
  /** @type {(error: unknown) => void} */
  #rejectServing = () => {}
  /** Resolves when the service listens. Rejects after the first error of a step. @type {Promise<Service>} */
  serving = new Promise((resolve, reject) => { this.#resolveServing = resolve; this.#rejectServing = reject })
  #isServing = false

  /** @param {Steps<Service>} steps */
  constructor (steps) {
    this.#steps = steps
    this.serving.catch(() => {})
  }

  /** @param {string} language name of a language whose image is ready */
  add (language) {
    this.#queue = this.#queue.then(() => this.#take(language))
    this.#queue.catch(this.#rejectServing)
  }

  /**
   * Waits until the hello programs of all added languages have run.
   * @throws the first error of a step
   */
  async all () {
    await this.#queue
  }

  /**
   * Runs the hello programs that failed again: other builds may have taken too much CPU time.
   * @returns {Promise<string[]>} names of the languages that failed again
   * @throws the first error of a step
   */
  async retryFailed () {
    const failed = this.hellos.filter(({ ok }) => !ok)
    this.hellos = this.hellos.filter(({ ok }) => ok)
    for (const { language } of failed) this.add(language)
    await this.all()
    return this.hellos.filter(({ ok }) => !ok).map(({ language }) => language)
  }

  /** @param {string} language */
  async #take (language) {
    if (!this.#isServing) {
      this.#isServing = true
      this.#resolveServing(await this.#steps.serve())
    }
    const service = await this.serving
    const hello = await this.#steps.hello(service, language)
    const isFirst = hello.ok && !this.hellos.some(({ ok }) => ok)
    this.hellos.push(hello)
    this.#steps.say(service, hello, isFirst)
  }
}
