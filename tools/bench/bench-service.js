import { once } from 'node:events'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import { httpRequest, jsonHeaders } from '../lib/http-request.js'
import { startService } from '../lib/service-process.js'
import { until as waitUntil } from '../lib/until.js'

const TOKEN = 'bench-3f9c1d7e5b2a4860'
/** Pause between two reads of a slow client, in milliseconds. */
const READ_MS = 100

/** Runs a service process on a free port, with a keep-alive client. */
export class BenchService {
  #agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  #process

  /** @param {import('../lib/service-process.js').ServiceProcess} process */
  constructor (process) {
    this.#process = process
  }

  /**
   * @param {string} socketPath
   * @param {Record<string, string>} env additional settings
   */
  static async start (socketPath, env) {
    return new BenchService(await startService({
      env: { PATH: process.env.PATH, API_ACCESS_TOKEN: TOKEN, SERVER_LISTEN_ADDR: '127.0.0.1', SERVER_LISTEN_PORT: '0', DOCKER_UNIX_SOCKET_PATH: socketPath, ...env }
    }))
  }

  /**
   * @param {string} image
   * @param {object} payload
   * @returns {Promise<{ stdout: string, outcome: string, error: string, stderr: string }>}
   */
  async run (image, payload) {
    const { status, text } = await this.#request('POST', '/run', JSON.stringify({ image, payload }))
    if (status !== 200) throw new Error(`POST /run: ${status} ${text}`)
    return JSON.parse(text)
  }

  /**
   * Runs a program as a job and waits for its result.
   * @param {string} image
   * @param {object} payload
   * @returns {Promise<{ outcome: string }>}
   */
  async job (image, payload) {
    const { status, text } = await this.#request('POST', '/jobs', JSON.stringify({ image, payload }))
    if (status !== 202) throw new Error(`POST /jobs: ${status} ${text}`)
    const { result, error } = JSON.parse((await this.#request('GET', `/jobs/${JSON.parse(text).ids[0]}?wait=60`)).text)
    if (result === undefined) throw new Error(`the job has no result: ${JSON.stringify(error)}`)
    return result
  }

  /**
   * Runs a program with streaming and reads the first text that it writes to stdout.
   * @param {string} image
   * @param {object} payload
   * @returns {Promise<{ text: string, arrivedAtMs: number }>} the text, and the wall-clock time of its arrival in milliseconds
   */
  async firstOutput (image, payload) {
    const response = await this.#stream(image, payload)
    let received = ''
    /** @type {{ text: string, arrivedAtMs: number } | undefined} */
    let first
    for await (const chunk of response) {
      received += chunk
      const [, data] = /event: stdout\ndata: (.*)\n\n/.exec(received) ?? []
      if (data !== undefined) first ??= { text: JSON.parse(data).text, arrivedAtMs: performance.timeOrigin + performance.now() }
    }
    if (first === undefined) throw new Error(`no output: ${received}`)
    return first
  }

  /**
   * Runs a program with streaming.
   * @param {string} image
   * @param {object} payload
   * @param {{ bytesPerSecond: number, slowMs: number }} [slow] reads at this rate for `slowMs` milliseconds, and then the rest without a limit
   * @returns {Promise<number>} the duration of the program in nanoseconds, as the result contains it
   */
  async streamedDuration (image, payload, slow = { bytesPerSecond: 0, slowMs: 0 }) {
    const response = await this.#stream(image, payload)
    for (const endsAt = performance.now() + slow.slowMs; performance.now() < endsAt;) {
      response.read(slow.bytesPerSecond * READ_MS / 1000)
      await sleep(READ_MS)
    }
    let rest = ''
    for await (const chunk of response) rest += chunk
    const [, data] = /\nevent: result\ndata: (.*)\n\n/.exec(rest) ?? []
    if (data === undefined) throw new Error('no result')
    const { outcome, duration } = JSON.parse(data).result
    if (outcome !== 'completed') throw new Error(`the program ended with ${outcome}`)
    return duration
  }

  get pid () { return this.#process.child.pid }

  async about () {
    await this.#request('GET', '/')
  }

  /** Returns the state of the pool. @returns {Promise<{ready: number, images: {image: string, ready: number, target: number}[]}>} */
  async pool () {
    return JSON.parse((await this.#request('GET', '/readyz')).text).pool
  }

  async stop () {
    this.#agent.destroy()
    await this.#process.stop()
  }

  /**
   * Requests a run with events.
   * @param {string} image
   * @param {object} payload
   * @returns {Promise<http.IncomingMessage>} the response, whose chunks are strings
   */
  async #stream (image, payload) {
    const body = JSON.stringify({ image, payload })
    const headers = { 'X-Access-Token': TOKEN, Accept: 'text/event-stream', ...jsonHeaders(body) }
    const request = http.request(`${this.#process.url}/run`, { method: 'POST', headers, agent: this.#agent }).end(body)
    const [response] = await once(request, 'response')
    return response.setEncoding('utf8')
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {string} [body]
   */
  async #request (method, path, body) {
    const { hostname, port } = new URL(this.#process.url)
    const headers = { 'X-Access-Token': TOKEN, ...body === undefined ? {} : jsonHeaders(body) }
    return await httpRequest({ agent: this.#agent, host: hostname, port, method, path, headers }, body)
  }
}

/** @param {BenchService} service @param {number} count */
export async function readyContainers (service, count) {
  await until(async () => (await service.pool()).ready >= count)
}

/**
 * Waits up to one minute until a condition is true.
 * @param {() => Promise<boolean>} condition
 * @throws Error if the condition is still false after one minute
 */
export async function until (condition) {
  await waitUntil(condition, { timeoutMs: 60_000, pollMs: 10, message: 'the pool prepared no container within a minute' })
}
