/**
 * @typedef {object} Profile the measured properties of a node
 * @property {number} slots runs at once
 * @property {number} poolMax ready containers
 * @property {number} refillMs time until the pool has replaced a container, in milliseconds
 * @property {number[]} throughput runs per second by the number of runs at once; throughput[0] is not used
 *
 * @typedef {object} Run
 * @property {number} index
 * @property {string} image
 * @property {number} arrivedAt
 * @property {number} warmWork
 * @property {number} coldWork
 * @property {boolean} [warm] whether it got a ready container
 */

/**
 * A machine with a limited number of runs at once, a queue and a pool of ready containers. All runs in progress share its CPUs: with k runs,
 * each progresses by throughput[k] / (k · throughput[1]) milliseconds of work per millisecond (a flow-equivalent server). Work is the
 * duration of a run that is alone on the machine.
 */
export class NodeModel {
  id
  /** @type {Array<Run>} */
  queue = []
  /** @type {Array<{ run: Run, endsAt: number }>} the runs in progress, and the virtual time of their end */
  active = []
  /** @type {Map<string, number[]>} for each image, when its containers are ready; the image that was used least recently is the first */
  #pool = new Map()
  #virtual = 0
  #updatedAt = 0
  #profile

  /** @param {Profile} profile @param {string[]} images in the order of their popularity @param {number} id */
  constructor (profile, images, id) {
    this.id = id
    this.#profile = profile
    for (const image of images.slice(0, profile.poolMax).reverse()) this.#pool.set(image, [0])
  }

  get load () { return this.active.length + this.queue.length }
  get hasSlot () { return this.active.length < this.#profile.slots }

  /** Whether a container of the image is ready. @param {string} image @param {number} now */
  isWarm (image, now) { return (this.#pool.get(image) ?? []).some((readyAt) => readyAt <= now) }

  /** The time of the next end of a run, or Infinity. */
  get nextEnd () {
    if (this.active.length === 0) return Infinity
    return this.#updatedAt + (Math.min(...this.active.map(({ endsAt }) => endsAt)) - this.#virtual) / this.#rate
  }

  /** @param {Run} run @param {number} now */
  start (run, now) {
    this.#advance(now)
    run.warm = this.#lease(run.image, now)
    this.active.push({ run, endsAt: this.#virtual + (run.warm ? run.warmWork : run.coldWork) })
  }

  /** Removes the run that ends now. @param {number} now @returns {Run} */
  end (now) {
    this.#advance(now)
    const first = this.active.reduce((least, each) => each.endsAt < least.endsAt ? each : least)
    this.active.splice(this.active.indexOf(first), 1)
    return first.run
  }

  get #rate () {
    const count = this.active.length
    const { throughput } = this.#profile
    return (throughput[count] ?? throughput.at(-1) ?? NaN) / (count * (throughput[1] ?? NaN))
  }

  /** @param {number} now */
  #advance (now) {
    if (this.active.length > 0) this.#virtual += (now - this.#updatedAt) * this.#rate
    this.#updatedAt = now
  }

  /** Takes a ready container of the image, if there is one. Its replacement is ready after a time. @param {string} image @param {number} now */
  #lease (image, now) {
    const containers = this.#pool.get(image) ?? []
    const index = containers.findIndex((readyAt) => readyAt <= now)
    if (index >= 0) containers.splice(index, 1)
    // After a cold run, the pool has one more container of the image.
    containers.push(now + this.#profile.refillMs)
    this.#pool.delete(image)
    this.#pool.set(image, containers)
    this.#evict()
    return index >= 0
  }

  #evict () {
    const size = [...this.#pool.values()].reduce((sum, { length }) => sum + length, 0)
    if (size <= this.#profile.poolMax) return
    const [oldest = '', containers = []] = this.#pool.entries().next().value ?? []
    containers.pop()
    if (containers.length === 0) this.#pool.delete(oldest)
  }
}
