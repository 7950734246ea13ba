import { createHash } from 'node:crypto'

/**
 * @typedef {import('./node-model.js').NodeModel} Node
 * @typedef {import('./node-model.js').Run} Run
 * @typedef {{ nodes: Node[], now: number, random: () => number }} State
 * @typedef {object} Policy how runs are distributed
 * @property {boolean} central whether runs wait in one queue until a node has a free slot
 * @property {(run: Run, state: State) => Node} choose with a central queue, chooses among the nodes with a free slot
 */

/** With sticky images, a node gets at most this multiple of the mean load of all nodes. */
const MOST_LOAD = 1.25

/** @type {Record<string, Policy>} */
export const POLICIES = {
  'central queue, least connections': { central: true, choose: (_run, { nodes }) => leastLoaded(nodes) },
  'central queue, sticky by image': { central: true, choose: (run, { nodes }) => ranked(run, nodes)[0] ?? leastLoaded(nodes) },
  'queue per node, round robin': { central: false, choose: (run, { nodes }) => at(nodes, run.index % nodes.length) },
  random: { central: false, choose: (_run, { nodes, random }) => any(nodes, random) },
  'least connections': { central: false, choose: (_run, { nodes }) => leastLoaded(nodes) },
  'power of two choices': { central: false, choose: (_run, { nodes, random }) => leastLoaded([any(nodes, random), any(nodes, random)]) },
  'sticky by image, bounded load': { central: false, choose: (run, { nodes }) => bounded(run, nodes) }
}

/** @param {Node[]} nodes */
function leastLoaded (nodes) {
  return nodes.reduce((least, node) => node.load < least.load ? node : least)
}

/** @param {Node[]} nodes @param {() => number} random */
function any (nodes, random) {
  return at(nodes, Math.floor(random() * nodes.length))
}

/** Consistent hashing with bounded loads. @param {Run} run @param {Node[]} nodes @see Mirrokni, Thorup and Zadimoghaddam, SODA 2018 */
function bounded (run, nodes) {
  const most = Math.ceil(MOST_LOAD * (1 + nodes.reduce((sum, { load }) => sum + load, 0)) / nodes.length)
  return ranked(run, nodes).find(({ load }) => load < most) ?? leastLoaded(nodes)
}

/** Orders the nodes by their preference for an image (rendezvous hashing). @param {Run} run @param {Node[]} nodes */
function ranked ({ image }, nodes) {
  return nodes.map((node) => ({ node, weight: weightOf(`${image}/${node.id}`) })).sort((a, b) => b.weight - a.weight).map(({ node }) => node)
}

/** @param {string} text */
function weightOf (text) {
  return createHash('sha256').update(text).digest().readUInt32BE()
}

/** @template T @param {T[]} list @param {number} index @returns {T} */
function at (list, index) {
  const item = list[index]
  if (item === undefined) throw new RangeError(`no item ${index}`)
  return item
}
