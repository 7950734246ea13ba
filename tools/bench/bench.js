import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { BareInContainer } from './bare-in-container.js'
import { bareProcess } from './bare.js'
import { BenchService, until } from './bench-service.js'
import { toSvg } from './chart.js'
import { EngineFloor, exchange } from './engine-floor.js'
import { measureBursts, measureSustained } from './load.js'
import { toMarkdown } from './report.js'
import { serviceSettings } from './service-settings.js'
import { cpuPerRun, interleave, medianOf, summarize } from './statistics.js'
import { expect, subjectsOf } from './subjects.js'

/**
 * @typedef {import('./subjects.js').Subject} Subject
 * @typedef {object} Options
 * @property {number} rounds number of rounds in each repeat
 * @property {number} repeats
 * @property {string[]} languages of the latency measurement
 * @property {string[]} sustained languages of the throughput measurement
 * @property {string[]} bursts languages of the burst measurement
 * @property {string} out output folder for the report
 */

/** Pause between two runs, in milliseconds. The engine removes the previous container during the pause. */
const SETTLE_MS = 120
const CPU = { runs: 8, settleMs: 400 }
const OTHER_REQUESTS = 20

/** Measures the service, the engine alone and the bare commands, in alternation. */
export class Benchmark {
  #socketPath
  #options
  #engine
  #cold
  #pooled
  #settingsOf

  /**
   * @param {object} parts
   * @param {string} parts.socketPath
   * @param {Options} parts.options
   * @param {BenchService} parts.cold a service without a pool
   * @param {BenchService} parts.pooled
   * @param {Awaited<ReturnType<typeof serviceSettings>>} parts.settingsOf
   */
  constructor ({ socketPath, options, cold, pooled, settingsOf }) {
    this.#socketPath = socketPath
    this.#options = options
    this.#engine = new EngineFloor(socketPath)
    this.#cold = cold
    this.#pooled = pooled
    this.#settingsOf = settingsOf
  }

  /**
   * @param {string} socketPath
   * @param {Options} options
   */
  static async start (socketPath, options) {
    const settingsOf = await serviceSettings(socketPath)
    const cold = await BenchService.start(socketPath, { POOL_MAX: '0' })
    const pooled = await BenchService.start(socketPath, { POOL_IMAGES: '', POOL_MAX: '8', POOL_MEMORY: '2000000000' })
    return new Benchmark({ socketPath, options, cold, pooled, settingsOf })
  }

  async stop () {
    await this.#cold.stop()
    await this.#pooled.stop()
    this.#engine.close()
  }

  /**
   * Runs all measurements. Writes the report after each part, so that the results of earlier parts survive a failure.
   * @returns {Promise<import('./report.js').Report>}
   */
  async measure () {
    /** @type {import('./report.js').Report} */
    const report = {
      takenAt: new Date().toISOString(),
      machine: { cores: availableParallelism(), engine: (await this.#engine.get('/version')).Version, node: process.version },
      latency: [],
      sustained: [],
      bursts: []
    }
    for (const language of this.#options.languages) {
      for (const [i, subject] of (await this.#subjectsOf(language)).entries()) {
        report.latency.push({ language, program: i === 0 ? 'hello' : 'real', ...await this.#measureLatency(subject) })
        this.#save(report)
      }
    }
    for (const language of this.#options.sustained) {
      const [hello] = await this.#subjectsOf(language)
      if (hello !== undefined) report.sustained.push(...await measureSustained({ engine: this.#engine, cold: this.#cold, pooled: this.#pooled }, hello))
      this.#save(report)
    }
    for (const language of this.#options.bursts) {
      const [hello] = await this.#subjectsOf(language)
      if (hello !== undefined) report.bursts.push(await measureBursts({ socketPath: this.#socketPath, cold: this.#cold }, hello))
      this.#save(report)
    }
    return report
  }

  /** @param {string} language */
  async #subjectsOf (language) {
    return await subjectsOf(this.#engine, this.#settingsOf, language)
  }

  /** @param {import('./report.js').Report} report */
  #save (report) {
    mkdirSync(this.#options.out, { recursive: true })
    writeFileSync(join(this.#options.out, 'bench.json'), JSON.stringify(report, null, 2))
    writeFileSync(join(this.#options.out, 'bench.md'), toMarkdown(report))
    writeFileSync(join(this.#options.out, 'bench.svg'), toSvg(report))
  }

  /** Measures latency. Each reported value is the median of all repeats. @param {Subject} subject */
  async #measureLatency (subject) {
    const onHost = subject.input === '' ? bareProcess(subject.language, subject.main, subject.program) : undefined
    const inContainer = await BareInContainer.start(this.#engine, { ...subject, settings: subject.settings() })
    const payload = JSON.stringify(subject.payload)
    /** @type {Record<string, import('./statistics.js').Summary[]>} */
    const repeats = {}
    /** @type {import('node:stream').Duplex | undefined} */
    let waiting
    for (let repeat = 0; repeat < this.#options.repeats; repeat++) {
      const times = await interleave({
        floor: async () => { expect(subject, (await this.#engine.run(subject.settings(), payload)).result) },
        cold: async () => { expect(subject, await this.#cold.run(subject.image, subject.payload)) },
        raw: async () => {
          const socket = /** @type {import('node:stream').Duplex} */ (waiting)
          waiting = undefined
          expect(subject, (await exchange(socket, payload)).result)
        },
        warm: async () => { expect(subject, await this.#pooled.run(subject.image, subject.payload)) },
        hot: async () => { expect(subject, await this.#pooled.run(subject.image, subject.payload)) },
        ...(inContainer === undefined ? {} : { bare: async () => await inContainer.run() }),
        ...(onHost === undefined ? {} : { host: onHost.run })
      }, {
        rounds: this.#options.rounds,
        before: async (name) => {
          if (name === 'raw') waiting ??= await this.#engine.prepare(subject.settings(true))
          if (name === 'warm' || name === 'hot') {
            // Prepares the container of the next raw measurement early, so that it is as old as the containers of the pool. The memory of a container that
            // has just started is still in the CPU caches.
            waiting ??= await this.#engine.prepare(subject.settings(true))
            await this.#untilReady(subject)
          }
          await sleep(SETTLE_MS)
          // Other requests load the code of the service into the CPU caches.
          if (name === 'hot') for (let i = 0; i < OTHER_REQUESTS; i++) await this.#pooled.about()
        }
      })
      for (const [name, values] of Object.entries(times)) (repeats[name] ??= []).push(summarize(values))
    }
    waiting?.destroy()
    onHost?.remove()
    await inContainer?.stop()
    return {
      measurements: Object.fromEntries(Object.entries(repeats).map(([name, summaries]) => [name, medianOf(summaries)])),
      cpu: {
        cold: await cpuPerRun(() => this.#cold.run(subject.image, subject.payload), CPU),
        warm: await cpuPerRun(() => this.#pooled.run(subject.image, subject.payload), CPU)
      }
    }
  }

  /** Waits until the pool has a ready container of the image. The pool prepares containers of an image only after the first run. @param {Subject} subject */
  async #untilReady ({ image, payload }) {
    await until(async () => {
      const own = (await this.#pooled.pool()).images.find((entry) => entry.image === image)
      if (own === undefined || own.target === 0) await this.#pooled.run(image, payload)
      return own !== undefined && own.ready > 0
    })
  }
}
