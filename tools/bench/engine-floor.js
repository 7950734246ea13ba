import http from 'node:http'

import { attach } from '../lib/attach.js'
import { httpRequest, jsonHeaders } from '../lib/http-request.js'

/**
 * Runs payloads on the engine without the service: sends HTTP requests to the engine's socket, with the container settings of the service.
 */
export class EngineFloor {
  #agent = new http.Agent({ keepAlive: true, maxSockets: 64 })

  /** @param {string} socketPath */
  constructor (socketPath) {
    this.socketPath = socketPath
  }

  close () {
    this.#agent.destroy()
  }

  /** @param {string} path @returns {Promise<any>} */
  async get (path) {
    return JSON.parse(await this.#call('GET', path))
  }

  /**
   * Creates, attaches to and starts a container, sends the payload and reads the result.
   * @param {object} settings the body of the create request
   * @param {string} payload
   * @returns {Promise<{ result: any, ended: Promise<void> }>} `ended` resolves when the container's stream ends
   */
  async run (settings, payload) {
    const id = await this.create(settings)
    const socket = await this.attach(id)
    await this.start(id)
    return await exchange(socket, payload)
  }

  /**
   * Starts a container that waits for its payload, as the pool does.
   * @param {object} settings container settings of a runner that reports when it is ready
   * @returns {Promise<import('node:stream').Duplex>}
   */
  async prepare (settings) {
    const id = await this.create(settings)
    const socket = await this.attach(id)
    await this.start(id)
    await new Promise((resolve) => { socket.once('data', resolve) })
    return socket
  }

  /** @param {object} settings @returns {Promise<string>} */
  async create (settings) {
    return JSON.parse(await this.#call('POST', '/containers/create', settings)).Id
  }

  /** @param {string} id */
  async start (id) {
    await this.#call('POST', `/containers/${id}/start`)
  }

  /** @param {string} id */
  async remove (id) {
    await this.#call('DELETE', `/containers/${id}?force=1`)
  }

  /** @param {string} id @returns {Promise<import('node:stream').Duplex>} */
  async attach (id) {
    return await attach(this.socketPath, id)
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<string>}
   */
  async #call (method, path, body) {
    const json = body === undefined ? undefined : JSON.stringify(body)
    const { status, text } = await httpRequest({
      socketPath: this.socketPath, agent: this.#agent, method, path, ...json === undefined ? {} : { headers: jsonHeaders(json) }
    }, json)
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`)
    return text
  }
}

/**
 * Sends a payload and reads the result from the stream. Each frame has a header of 8 bytes.
 * @param {import('node:stream').Duplex} socket
 * @param {string} payload
 * @returns {Promise<{ result: any, ended: Promise<void> }>}
 */
export function exchange (socket, payload) {
  return new Promise((resolve, reject) => {
    let buffered = Buffer.alloc(0)
    let output = ''
    const ended = new Promise((resolve) => { socket.once('close', () => resolve(undefined)) })
    socket.on('data', (chunk) => {
      buffered = Buffer.concat([buffered, chunk])
      while (buffered.length >= 8 && buffered.length >= 8 + buffered.readUInt32BE(4)) {
        const end = 8 + buffered.readUInt32BE(4)
        output += buffered.subarray(8, end).toString('utf8')
        buffered = buffered.subarray(end)
      }
      if (output.trimStart().endsWith('\n')) resolve({ result: JSON.parse(output), ended: /** @type {Promise<void>} */ (ended) })
    })
    socket.on('error', reject)
    socket.write(payload)
  })
}
