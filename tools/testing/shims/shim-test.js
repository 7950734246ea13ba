import { setTimeout as sleep } from 'node:timers/promises'

import { dockerClient } from '../../lib/docker-client.js'
import { httpRequest, jsonHeaders } from '../../lib/http-request.js'
import { isShim, usageOf, zombiesOf } from '../../lib/process-usage.js'
import { startService } from '../../lib/service-process.js'
import { until } from '../../lib/until.js'
import { growth, median } from './growth.js'
import { Tally } from './tally.js'

/** @typedef {{ ok: boolean, text: string }} Check */

const TOKEN = 'test-shims-5d0c8b71a2'
const CLIENTS = 4
/** Share of the runs before the engine's memory counts: until then, caches grow. */
const WARM_UP = 0.2
/** Highest accepted ratio of the engine's memory in the last fifth of the runs to that after the warm-up. */
const MAX_GROWTH = 1.1
const SAMPLE_MS = 1000
/** Time for the removal of containers and the end of shims, in milliseconds. */
const GONE_MS = 60_000
const POLL_MS = 250

/** Runs programs while shims are killed. */
export class ShimTest {
  #parts
  /** Responses that are neither a correct result nor an error that the killed shim explains. */
  #wrong = new Tally()
  #errors = new Tally()
  #correct = 0
  #killed = 0
  /** @type {number[]} memory of dockerd and containerd in bytes, over time */
  #engineBytes = []
  /** @type {number[]} */
  #shimCounts = []
  #maxShimBytes = 0
  #maxShimFds = 0
  #ended = false

  /**
   * @param {object} parts
   * @param {import('../../engine/second-engine.js').SecondEngine} parts.engine
   * @param {string} parts.image
   * @param {number} parts.runs
   * @param {number} parts.pool number of ready containers
   * @param {number} parts.killMs time between two killed shims, in milliseconds
   * @param {string} parts.runtime
   */
  constructor (parts) {
    this.#parts = parts
  }

  /** @returns {Promise<Check[]>} */
  async run () {
    const { engine, image, runtime, pool } = this.#parts
    /** @type {string[]} */
    const lines = []
    const service = await startService({
      env: {
        PATH: process.env.PATH,
        API_ACCESS_TOKEN: TOKEN,
        SERVER_LISTEN_PORT: '0',
        DOCKER_UNIX_SOCKET_PATH: engine.socketPath,
        DOCKER_CONTAINER_RUNTIME: runtime,
        DOCKER_UNIX_SOCKET_READ_TIMEOUT: '30',
        POOL_IMAGES: image,
        POOL_MIN: String(pool),
        POOL_MAX: String(pool)
      },
      onLine: (line) => { if (/"level":"(warn|error|fatal)"|"msg":"runtime of containers"/.test(line)) lines.push(line) }
    })
    await this.#ready(service.url)
    const disturbances = [this.#killShims(), this.#sample()]
    await this.#load(service.url)
    this.#ended = true
    await Promise.all(disturbances)
    await this.#ready(service.url).catch(() => {})
    const refilled = await readyCount(service.url)
    const exitCode = await service.stop()
    const remains = await this.#remains()
    return [
      { ok: lines.some((line) => line.includes('"sharedShim":true')), text: 'the containers shared shims' },
      ...this.#checksOfRuns(),
      { ok: refilled === pool, text: `${refilled} of ${pool} containers are ready again after the runs` },
      { ok: exitCode === 0, text: `the service exits with code ${exitCode}` },
      { ok: remains.length === 0, text: remains.length === 0 ? 'no containers, shims and zombies remain' : `these remain: ${remains.join(', ')}` },
      ...this.#checksOfEngine()
    ]
  }

  /** @returns {Check[]} */
  #checksOfRuns () {
    const { runs } = this.#parts
    const errors = this.#errors.total
    return [
      { ok: this.#wrong.total === 0, text: `${runs} requests: ${this.#correct} correct results, ${errors} errors of killed shims, ${this.#wrong.total} others ${this.#wrong}` },
      { ok: this.#killed > 0, text: `${this.#killed} shims were killed` },
      { ok: errors <= this.#killed * CLIENTS, text: `errors: ${this.#errors}` }
    ]
  }

  /** @returns {Check[]} */
  #checksOfEngine () {
    const ratio = growth(this.#engineBytes, WARM_UP)
    const mb = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(0)
    return [
      { ok: ratio <= MAX_GROWTH, text: `memory of dockerd and containerd at the end: ${mb(this.#engineBytes.at(-1) ?? NaN)} MB, ${ratio.toFixed(2)} times that after the warm-up` },
      { ok: this.#maxShimFds < 1024, text: `a shim had at most ${this.#maxShimFds} open files and ${mb(this.#maxShimBytes)} MB; usually ${median(this.#shimCounts)} shims ran` }
    ]
  }

  /** @param {string} url */
  async #load (url) {
    let next = 0
    await Promise.all(Array.from({ length: CLIENTS }, async () => {
      while (next < this.#parts.runs) await this.#request(url, next++)
    }))
  }

  /** @param {string} url @param {number} index */
  async #request (url, index) {
    const content = index % 50 === 0 ? `import time\ntime.sleep(1)\nprint(${index})` : `print(${index})`
    const body = JSON.stringify({ image: this.#parts.image, payload: { files: [{ name: 'main.py', content }] } })
    const { hostname, port } = new URL(url)
    const { status, text } = await httpRequest({ hostname, port, agent: false, path: '/run', method: 'POST', headers: { 'X-Access-Token': TOKEN, ...jsonHeaders(body) } }, body)
      .catch((/** @type {Error} */ error) => ({ status: 0, text: error.message }))
    if (status === 200 && JSON.parse(text).stdout === `${index}\n`) this.#correct++
    else if (status >= 500 && /"error":"(docker|overloaded)/.test(text)) this.#errors.add(`${status} ${JSON.parse(text).error}: ${JSON.parse(text).message}`)
    else this.#wrong.add(`${status} ${text.slice(0, 300)}`)
  }

  async #killShims () {
    const { killMs } = this.#parts
    for (let nextAt = Date.now() + killMs; !this.#ended; await sleep(POLL_MS)) {
      if (Date.now() < nextAt) continue
      nextAt += killMs
      const shims = (await this.#usages()).filter(isShim)
      const victim = shims[Math.floor(Math.random() * shims.length)]
      if (victim === undefined) continue
      try {
        process.kill(victim.pid, 'SIGKILL')
        this.#killed++
      } catch {
        // The shim has just ended.
      }
    }
  }

  async #sample () {
    for (; !this.#ended; await sleep(SAMPLE_MS)) {
      const usages = await this.#usages()
      const shims = usages.filter(isShim)
      this.#engineBytes.push(usages.filter(({ name }) => name === 'dockerd' || name === 'containerd').reduce((sum, { rssBytes }) => sum + rssBytes, 0))
      this.#shimCounts.push(shims.length)
      this.#maxShimBytes = Math.max(this.#maxShimBytes, ...shims.map(({ rssBytes }) => rssBytes))
      this.#maxShimFds = Math.max(this.#maxShimFds, ...shims.map(({ fds }) => fds))
    }
  }

  async #usages () {
    return (await this.#parts.engine.processes()).flatMap(({ pid }) => usageOf(pid) ?? [])
  }

  /** Waits until the pool is full. @param {string} url */
  async #ready (url) {
    await within(async () => await readyCount(url) === this.#parts.pool, 'a full pool')
  }

  /** Returns what remains of the containers after the service has stopped. */
  async #remains () {
    const docker = dockerClient(this.#parts.engine.socketPath)
    /** @type {string[]} */
    let found = []
    await within(async () => {
      const containers = await docker.listContainers({ all: true })
      const usages = await this.#usages()
      const shims = usages.filter(isShim)
      found = [
        ...containers.map(({ Id, State }) => `container ${Id.slice(0, 12)} (${State})`), ...shims.map(({ pid }) => `shim ${pid}`),
        ...zombiesOf(usages.map(({ pid }) => pid)).map((pid) => `zombie ${pid}`)
      ]
      return found.length === 0
    }, 'nothing to remain').catch(() => {})
    return found
  }
}

/** @param {string} url @returns {Promise<number>} */
async function readyCount (url) {
  const { hostname, port } = new URL(url)
  const { text } = await httpRequest({ hostname, port, agent: false, path: '/readyz' })
  return JSON.parse(text).pool.ready
}

/** @param {() => Promise<boolean>} condition @param {string} what */
async function within (condition, what) {
  await until(condition, { timeoutMs: GONE_MS, pollMs: POLL_MS, message: `timed out after ${GONE_MS / 1000} s waiting for ${what}` })
}
