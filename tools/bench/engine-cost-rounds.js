import { setTimeout as sleep } from 'node:timers/promises'

import { isShim, usageOf } from '../lib/process-usage.js'
import { EngineFloor } from './engine-floor.js'
import { serviceSettings } from './service-settings.js'
import { expect, subjectsOf } from './subjects.js'

/** Time for the removal of the last containers, in milliseconds. */
const SETTLE_MS = 600
/** Number of containers whose memory is measured together. */
const WAITING = 16
/** Time in which waiting containers become idle, in milliseconds. */
const IDLE_MS = 2000

/**
 * @typedef {object} Cost the cost of one run
 * @property {string} variant
 * @property {number} concurrency
 * @property {number} cpuMs CPU time of all processes of the engine, without the container
 * @property {number} dockerdMs
 * @property {number} containerdMs
 * @property {number} runsPerSecond
 * @typedef {{ variant: string, shimBytes: number, cgroupBytes: number }} WaitingMemory the memory of one waiting container
 */

/** Measures the cost of runs on an engine whose processes are in a cgroup. */
export class EngineCost {
  #engine
  #processes
  #cgroup
  #subject
  #groups = 0

  /**
   * @param {object} parts
   * @param {import('../engine/second-engine.js').SecondEngine} parts.engine
   * @param {import('../lib/cpu-cgroup.js').CpuCgroup} parts.cgroup
   * @param {import('./subjects.js').Subject} parts.subject
   * @param {EngineFloor} parts.floor
   */
  constructor ({ engine, cgroup, subject, floor }) {
    this.#engine = floor
    this.#processes = engine.processes
    this.#cgroup = cgroup
    this.#subject = subject
  }

  /** @param {{ engine: import('../engine/second-engine.js').SecondEngine, cgroup: import('../lib/cpu-cgroup.js').CpuCgroup, language: string }} parts */
  static async start ({ engine, cgroup, language }) {
    const floor = new EngineFloor(engine.socketPath)
    const [subject] = await subjectsOf(floor, await serviceSettings(engine.socketPath), language)
    if (subject === undefined) throw new Error(`no image of ${language}`)
    return new EngineCost({ engine, cgroup, subject, floor })
  }

  close () {
    this.#engine.close()
  }

  /**
   * @param {{ rounds: number, runs: number, concurrencies: number[], variants: string[] }} options
   * @returns {Promise<{ costs: Cost[], memory: WaitingMemory[] }>}
   */
  async measure ({ rounds, runs, concurrencies, variants }) {
    const costs = []
    const memory = []
    for (let round = 0; round <= rounds; round++) {
      for (const concurrency of concurrencies) {
        // The order changes, so that no variant always follows the same variant.
        for (const variant of rotated(variants, round)) {
          const cost = await this.#costOf(variant, concurrency, runs)
          // The first round loads code and caches.
          if (round > 0) costs.push(cost)
        }
      }
    }
    for (const variant of variants) memory.push(await this.memoryOf(variant))
    return { costs, memory }
  }

  /**
   * @param {string} variant
   * @param {number} concurrency
   * @param {number} runs
   * @returns {Promise<Cost>}
   */
  async #costOf (variant, concurrency, runs) {
    const settings = this.#settingsOf(variant)
    // Keeps the shim of the group, as the waiting containers of a pool do.
    const anchor = await this.#engine.prepare(settings(true))
    await sleep(SETTLE_MS)
    const [before, usageBefore] = [await this.#daemons(), this.#cgroup.usageMs()]
    const startedAt = performance.now()
    let left = runs * concurrency
    await Promise.all(Array.from({ length: concurrency }, async () => {
      while (left-- > 0) {
        const { result, ended } = await this.#engine.run(settings(), JSON.stringify(this.#subject.payload))
        expect(this.#subject, result)
        await ended
      }
    }))
    const seconds = (performance.now() - startedAt) / 1000
    await sleep(SETTLE_MS)
    const count = runs * concurrency
    const [after, usageAfter] = [await this.#daemons(), this.#cgroup.usageMs()]
    anchor.destroy()
    await sleep(SETTLE_MS)
    return {
      variant,
      concurrency,
      cpuMs: (usageAfter - usageBefore) / count,
      dockerdMs: (after.dockerd - before.dockerd) / count,
      containerdMs: (after.containerd - before.containerd) / count,
      runsPerSecond: count / seconds
    }
  }

  /** @param {string} variant @returns {Promise<WaitingMemory>} */
  async memoryOf (variant) {
    const settings = this.#settingsOf(variant)
    const streams = []
    for (let i = 0; i < WAITING; i++) streams.push(await this.#engine.prepare(settings(true)))
    await sleep(IDLE_MS)
    const shims = (await this.#usages()).filter(isShim)
    const shimBytes = shims.reduce((sum, { pssBytes }) => sum + pssBytes, 0) / WAITING
    const containers = await this.#engine.get('/containers/json')
    const bytes = await Promise.all(containers.map(async (/** @type {{ Id: string }} */ { Id }) =>
      memoryUse(await this.#engine.get(`/containers/${Id}/stats?stream=false&one-shot=true`))))
    for (const stream of streams) stream.destroy()
    await sleep(IDLE_MS)
    return { variant, shimBytes, cgroupBytes: bytes.reduce((sum, each) => sum + each, 0) / bytes.length }
  }

  /** Returns a function for the body of create requests. @param {string} variant */
  #settingsOf (variant) {
    const [runtime, shared] = variant.split(' ')
    const group = `bench-${process.pid}-${++this.#groups}`
    return (ready = false) => {
      const settings = this.#subject.settings(ready)
      settings.HostConfig.Runtime = runtime
      if (shared !== undefined) settings.HostConfig.Annotations = { 'io.containerd.runc.v2.group': group }
      return settings
    }
  }

  async #usages () {
    return (await this.#processes()).flatMap(({ pid }) => usageOf(pid) ?? [])
  }

  /** Returns the CPU time of the daemons in milliseconds. */
  async #daemons () {
    const usages = await this.#usages()
    const cpuMs = (/** @type {string} */ name) => usages.filter((usage) => usage.name === name).reduce((sum, usage) => sum + usage.cpuMs, 0)
    return { dockerd: cpuMs('dockerd'), containerd: cpuMs('containerd') }
  }
}

/** @param {any} stats @returns {number} bytes without inactive file pages, which the kernel can reclaim */
function memoryUse ({ memory_stats: { usage, stats } }) {
  return usage - (stats.total_inactive_file ?? stats.inactive_file ?? 0)
}

/** @template T @param {T[]} list @param {number} by */
function rotated (list, by) {
  const at = by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}
