// npm run bench:peers [-- --seconds 10 --rounds 2 --soak 60 --only runonce,docker-run --docker-run PATH --codapi PATH --go-judge PATH --piston URL
// --sandbox-fusion URL --write]: measures this service and comparable ones with the same Python program on the same machine, in alternation. With
// --write, updates docs/measurements/peers.json and docs/benchmarks.md. Fails if a request to this service fails.
import { writeFile } from 'node:fs/promises'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { withImages } from '../../images/with-images.js'
import { run } from '../../lib/child.js'
import { buildService } from '../../lib/service-process.js'
import { EngineFloor } from '../engine-floor.js'
import { LEVELS, combine, load, startPeer } from './measure.js'
import { knownPeers } from './peers.js'
import { removePlainImage } from './plain-image.js'

const FILE = fileURLToPath(new URL('../../../docs/measurements/peers.json', import.meta.url))
const SOAK_CLIENTS = 100

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '2' },
    soak: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    'docker-run': { type: 'string' },
    codapi: { type: 'string' },
    'go-judge': { type: 'string' },
    piston: { type: 'string' },
    'sandbox-fusion': { type: 'string' },
    write: { type: 'boolean', default: false }
  }
})

/**
 * @typedef {import('./peer.js').Peer} Peer
 * @typedef {{peer: Peer, idleBytes: number, samples: import('./measure.js').Sample[]}} Entry
 * @typedef {{name: string, reason: string}} Absent
 *
 * @typedef {object} PeersReport times are in milliseconds
 * @property {string} takenAt ISO date
 * @property {{cores: number, engine: string, node: string}} machine
 * @property {Array<{name: string, idleBytes: number, levels: Array<ReturnType<typeof combine>>}>} peers
 * @property {Absent[]} absent peers that were not measured
 * @property {{seconds: number, clients: number, runs: number, refused: number, failed: number}} soak
 */

await withImages(['python'], async (socketPath, images) => {
  if (images.some((image) => 'error' in image)) throw new Error('the python image could not be built; see the errors above')
  await buildService()
  const { entries, absent } = await startAll(socketPath)
  try {
    await measureAll(entries)
    const soak = await soakRunonce(entries)
    const engine = new EngineFloor(socketPath)
    const { Version } = await engine.get('/version')
    engine.close()
    await report({
      takenAt: new Date().toISOString(),
      machine: { cores: os.availableParallelism(), engine: Version, node: process.version },
      peers: entries.map(({ peer, idleBytes, samples }) => ({
        name: peer.name,
        idleBytes,
        levels: LEVELS.map((clients) => combine(samples.filter((sample) => sample.clients === clients)))
      })),
      absent,
      soak
    })
    if (soak.failed > 0) process.exitCode = 1
  } finally {
    for (const { peer } of entries) await peer.stop()
    await removePlainImage(socketPath)
  }
})

/** @param {string} socketPath */
async function startAll (socketPath) {
  const only = values.only.split(',').filter((name) => name !== '')
  /** @type {Entry[]} */
  const entries = []
  /** @type {Absent[]} */
  const absent = []
  for (const { name, start } of knownPeers(socketPath, values)) {
    if (only.length > 0 && !only.includes(name)) continue
    try {
      entries.push({ ...await startPeer(start), samples: [] })
      say(`${name}: started`)
    } catch (error) {
      const reason = /** @type {Error} */ (error).message
      if (name.startsWith('runonce')) throw error
      absent.push({ name, reason })
      say(`${name}: not measured: ${reason}`)
    }
  }
  return { entries, absent }
}

/** Measures all peers in turn, so that a disturbance of the machine affects all of them. @param {Entry[]} entries */
async function measureAll (entries) {
  for (const clients of LEVELS) {
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const { peer, samples } of entries) {
        const sample = await load(peer, clients, Number(values.seconds))
        samples.push(sample)
        const { p50, perSecond, refused, failed } = combine([sample])
        say(`${peer.name}, ${clients} at once: p50 ${p50.toFixed(1)} ms, ${perSecond.toFixed(1)} runs/s, ${refused} refused, ${failed} failed${sample.reason === undefined ? '' : ` (${sample.reason})`}`)
      }
    }
  }
}

/** Sends requests from 100 clients to this service. Only status 503 with Retry-After is not a failure. @param {Entry[]} entries */
async function soakRunonce (entries) {
  const peer = entries.find((entry) => entry.peer.name === 'runonce')?.peer
  if (peer === undefined) return { seconds: 0, clients: 0, runs: 0, refused: 0, failed: 0 }
  const { seconds, clients, runs, refused, failed, reason } = await load(peer, SOAK_CLIENTS, Number(values.soak))
  say(`runonce, ${clients} clients for ${seconds.toFixed(0)} s: ${runs} completed, ${refused} refused, ${failed} failed${reason === undefined ? '' : ` (${reason})`}`)
  return { seconds, clients, runs, refused, failed }
}

/** @param {PeersReport} result */
async function report (result) {
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  if (!values.write) return
  await writeFile(FILE, `${JSON.stringify(result, null, 2)}\n`)
  await run(process.execPath, ['tools/docs/benchmarks.js'])
}

/** @param {string} text */
function say (text) {
  process.stdout.write(`== ${text}\n`)
}
