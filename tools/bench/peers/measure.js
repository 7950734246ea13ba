import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { busyMs, summarize } from '../statistics.js'

/** Numbers of concurrent clients. */
export const LEVELS = [1, 10, 100]
const WARM_UP_RUNS = 5
/** Pause after a measurement, in milliseconds: the peer removes containers and refills its pool. Its CPU time belongs to the runs. */
const SETTLE_MS = 2000

/**
 * @typedef {import('./peer.js').Peer} Peer
 * @typedef {{clients: number, runs: number, seconds: number, refused: number, failed: number, reason?: string, latency: number[], cpuMs: number}} Sample
 *   `latency`: milliseconds of each completed run; `cpuMs`: CPU time of the whole machine during the sample and the pause after it
 */

/**
 * Sends requests from several clients for some time. Each client sends its next request after the response, and pauses after a refusal.
 * @param {Peer} peer
 * @param {number} clients
 * @param {number} seconds
 * @param {{settleMs?: number, pauseMs?: number}} [options] `pauseMs`: pause of a client after a refusal
 * @returns {Promise<Sample>}
 */
export async function load (peer, clients, seconds, { settleMs = SETTLE_MS, pauseMs = 100 } = {}) {
  /** @type {Sample} */
  const sample = { clients, runs: 0, seconds: 0, refused: 0, failed: 0, latency: [], cpuMs: 0 }
  const busyBefore = busyMs()
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1000
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < endsAt) {
      const sentAt = performance.now()
      const { outcome, reason } = await peer.run()
      if (outcome === 'completed') {
        sample.runs++
        sample.latency.push(performance.now() - sentAt)
        continue
      }
      sample[outcome]++
      if (reason !== undefined) sample.reason ??= reason
      await sleep(pauseMs)
    }
  }))
  sample.seconds = (performance.now() - startedAt) / 1000
  await sleep(settleMs)
  sample.cpuMs = busyMs() - busyBefore
  return sample
}

/**
 * Starts a peer and checks that it runs the program.
 * @param {() => Promise<Peer>} start
 * @returns {Promise<{peer: Peer, idleBytes: number}>} `idleBytes`: memory of the machine that the idle peer uses
 * @throws Error if the program fails
 */
export async function startPeer (start) {
  const before = availableBytes()
  const peer = await start()
  for (let run = 0; run < WARM_UP_RUNS; run++) {
    const { outcome, reason } = await peer.run()
    if (outcome === 'completed') continue
    await peer.stop()
    throw new Error(`the program failed: ${reason ?? outcome}`)
  }
  await sleep(SETTLE_MS)
  return { peer, idleBytes: Math.max(0, before - availableBytes()) }
}

/**
 * Combines the samples of one peer with the same number of clients.
 * @param {Sample[]} samples
 */
export function combine (samples) {
  const sum = (/** @type {(sample: Sample) => number} */ value) => samples.reduce((total, sample) => total + value(sample), 0)
  const runs = sum((sample) => sample.runs)
  const { p50, p95, p99 } = summarize(samples.flatMap((sample) => sample.latency))
  return {
    clients: samples[0]?.clients ?? 0,
    runs,
    refused: sum((sample) => sample.refused),
    failed: sum((sample) => sample.failed),
    perSecond: runs / sum((sample) => sample.seconds),
    p50,
    p95,
    p99,
    cpuMsPerRun: sum((sample) => sample.cpuMs) / runs
  }
}

/** Returns the memory that new programs can use, in bytes. @see proc_meminfo(5), MemAvailable */
function availableBytes () {
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) * 1024
}
