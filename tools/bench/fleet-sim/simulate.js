import { quantile } from '../statistics.js'
import { NodeModel } from './node-model.js'

/** @typedef {import('./node-model.js').Profile} Profile */
/** @typedef {import('./node-model.js').Run} Run */

/**
 * @typedef {object} Program
 * @property {string} image
 * @property {number} share the probability that a run uses it
 * @property {number[]} warm durations with a ready container, on a machine without other runs, in milliseconds
 * @property {number[]} cold durations without a ready container
 *
 * @typedef {{ p50: number, p99: number, warm: number, refused: number, latencies: number[] }} Outcome `warm` and `refused` are shares
 */

/** The defaults of RUN_QUEUE_SIZE (of each node) and RUN_QUEUE_TIMEOUT. */
const QUEUE_SIZE = 100
const QUEUE_TIMEOUT_MS = 10_000

/**
 * Simulates an open loop: runs arrive at random (Poisson), whether or not earlier ones have ended.
 * @param {object} options
 * @param {Profile} options.profile
 * @param {Program[]} options.programs
 * @param {number} options.nodes
 * @param {import('./policies.js').Policy} options.policy
 * @param {number} options.ratePerSecond
 * @param {number} options.runs
 * @param {number} [options.seed]
 * @returns {Outcome}
 */
export function simulate ({ profile, programs, nodes: count, policy, ratePerSecond, runs, seed = 1 }) {
  const random = randomOf(seed)
  const images = programs.toSorted((a, b) => b.share - a.share).map(({ image }) => image)
  // A generator of its own, so that each policy gets the same runs.
  const state = { nodes: Array.from({ length: count }, (_, id) => new NodeModel(profile, images, id)), random: randomOf(~seed), now: 0 }
  const central = /** @type {Run[]} */ ([])
  const ended = /** @type {Array<{ latency: number, warm: boolean }>} */ ([])
  let refused = 0
  let nextArrival = 0
  let arrived = 0
  const startNext = (/** @type {NodeModel} */ node, /** @type {Run[]} */ queue) => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
      if (state.now - run.arrivedAt <= QUEUE_TIMEOUT_MS) return node.start(run, state.now)
      refused++
    }
  }
  const arrive = (/** @type {Run} */ run) => {
    const free = policy.central ? state.nodes.filter(({ hasSlot }) => hasSlot) : state.nodes
    const node = free.length > 0 ? policy.choose(run, { ...state, nodes: free }) : undefined
    if (node?.hasSlot === true) return node.start(run, state.now)
    const queue = node?.queue ?? central
    if (queue.length >= QUEUE_SIZE * (node === undefined ? count : 1)) refused++
    else queue.push(run)
  }
  for (;;) {
    const node = state.nodes.reduce((first, each) => each.nextEnd < first.nextEnd ? each : first)
    if (arrived < runs && nextArrival <= node.nextEnd) {
      state.now = nextArrival
      arrive(newRun(programs, { index: arrived++, arrivedAt: state.now }, random))
      nextArrival += -Math.log(1 - random()) * 1000 / ratePerSecond
    } else if (node.nextEnd < Infinity) {
      state.now = node.nextEnd
      const run = node.end(state.now)
      ended.push({ latency: state.now - run.arrivedAt, warm: run.warm === true })
      startNext(node, policy.central ? central : node.queue)
    } else break
  }
  return outcomeOf(ended, refused / runs)
}

/** @param {Array<{ latency: number, warm: boolean }>} ended @param {number} refused @returns {Outcome} */
function outcomeOf (ended, refused) {
  const latencies = ended.map(({ latency }) => latency).sort((a, b) => a - b)
  const warm = ended.filter((each) => each.warm).length / ended.length
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), warm, refused, latencies }
}

/** Returns the mean work of a run in milliseconds, if each run has a ready container. @param {Program[]} programs */
export function meanWork (programs) {
  return programs.reduce((sum, { share, warm }) => sum + share * warm.reduce((a, b) => a + b, 0) / warm.length, 0)
}

/** @param {Program[]} programs @param {{ index: number, arrivedAt: number }} run @param {() => number} random @returns {Run} */
function newRun (programs, run, random) {
  let left = random()
  const program = programs.find(({ share }) => (left -= share) < 0) ?? programs.at(-1)
  if (program === undefined) throw new RangeError('no programs')
  const at = random()
  const sample = (/** @type {number[]} */ durations) => durations[Math.floor(at * durations.length)] ?? NaN
  return { ...run, image: program.image, warmWork: sample(program.warm), coldWork: sample(program.cold) }
}

/** Returns a generator of random numbers from 0 to 1 (mulberry32). @param {number} seed */
function randomOf (seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(state ^ state >>> 15, state | 1)
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61)
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32
  }
}
