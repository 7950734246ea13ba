import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { table } from './generated-part.js'

const FILE = fileURLToPath(new URL('../../docs/measurements/peers.json', import.meta.url))

/**
 * The parts of a report of `npm run bench:peers` that the page shows. A value without a completed run is null.
 * @typedef {{clients: number, refused: number, failed: number, perSecond: number, p50: number | null, p95: number | null, p99: number | null, cpuMsPerRun: number | null}} Level
 * @typedef {object} Peers
 * @property {string} takenAt ISO date
 * @property {{cores: number, engine: string, node: string}} machine
 * @property {Array<{name: string, idleBytes: number, levels: Level[]}>} peers
 * @property {Array<{name: string, reason: string}>} absent
 * @property {{seconds: number, clients: number, runs: number, refused: number, failed: number}} soak
 */

/** @returns {Promise<Peers | undefined>} undefined if there is no report */
export async function readPeers () {
  if (!existsSync(FILE)) return undefined
  return JSON.parse(await readFile(FILE, 'utf8'))
}

/**
 * Formats the comparison with other services.
 * @param {Peers} report
 * @returns {string[]} lines of Markdown
 */
export function peersPart ({ takenAt, machine, peers, absent, soak }) {
  return [
    `Measured on ${takenAt.slice(0, 10)}: ${machine.cores} cores, Docker ${machine.engine}, Node ${machine.node.replace(/^v/, '')}.`,
    '',
    ...table(
      ['service', 'at once', 'p50, ms', 'p95, ms', 'p99, ms', 'runs/s', 'CPU per run, ms', 'refused', 'failed', 'idle memory, MB'],
      peers.flatMap(({ name, idleBytes, levels }) => levels.map((level, index) => [
        index === 0 ? name : '', String(level.clients), fixed(level.p50), fixed(level.p95), fixed(level.p99), fixed(level.perSecond),
        fixed(level.cpuMsPerRun, 0), String(level.refused), String(level.failed), index === 0 ? (idleBytes / 1e6).toFixed(0) : ''
      ]))),
    '',
    `${soak.clients} clients for ${soak.seconds.toFixed(0)} s with the default settings of runonce: ${soak.runs} completed, ${soak.refused} refused with 503 and ` +
      `\`Retry-After\`, ${soak.failed} failed.`,
    ...wins(peers),
    ...absent.length === 0 ? [] : ['', `Not measured: ${absent.map(({ name }) => name).join(', ')}.`]
  ].flatMap(wrapped)
}

/** Lists the measurements in which another service is better than this one. @param {Peers['peers']} peers */
function wins (peers) {
  const own = peers.find(({ name }) => name === 'runonce')
  if (own === undefined) return []
  const found = peers.filter(({ name }) => !name.startsWith('runonce')).flatMap(({ name, levels }) => levels.flatMap((level, index) => {
    const ours = own.levels[index]
    if (ours === undefined || level.p50 === null || ours.p50 === null) return []
    const better = [...level.p50 < ours.p50 ? ['a lower p50'] : [], ...level.perSecond > ours.perSecond ? ['more runs per second'] : []]
    return better.length === 0 ? [] : [`${name} at ${level.clients} (${better.join(', ')})`]
  }))
  return found.length === 0 ? [] : ['', `Another service is better: ${found.join('; ')}.`]
}

/** @param {number | null} value @param {number} [digits] */
function fixed (value, digits = 1) {
  return value === null ? '–' : value.toFixed(digits)
}

/** Breaks a line of prose at 100 columns. @param {string} line */
function wrapped (line) {
  return line.startsWith('|') ? [line] : line.replace(/(.{1,100})( |$)/g, '$1\n').trimEnd().split('\n')
}
