import http from 'node:http'

/**
 * The engine alone: raw HTTP to its socket, with the settings that the service itself would use.
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
   * Create, attach, start, payload, result.
   * @param {object} settings the create call's body
   * @param {string} payload
   * @returns {Promise<{ result: any, ended: Promise<void> }>} `ended` resolves when the container's stream does
   */
  async run (settings, payload) {
    const id = await this.create(settings)
    const socket = await this.attach(id)
    await this.start(id)
    return await exchange(socket, payload)
  }

  /**
   * A container that waits for its payload, ready to be handed it: as the pool has them.
   * @param {object} settings whose runner announces that it is warm
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
  attach (id) {
    return new Promise((resolve, reject) => {
      const request = http.request({
        socketPath: this.socketPath,
        method: 'POST',
        path: `/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1`,
        headers: { Connection: 'Upgrade', Upgrade: 'tcp' },
        agent: false
      })
      request.on('upgrade', (_response, socket) => resolve(socket))
      request.on('response', (response) => reject(new Error(`attach: ${response.statusCode}`)))
      request.on('error', reject)
      request.end()
    })
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<string>}
   */
  #call (method, path, body) {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const request = http.request({
        socketPath: this.socketPath,
        agent: this.#agent,
        method,
        path,
        headers: text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }
      }, async (response) => {
        try {
          let answer = ''
          for await (const chunk of response.setEncoding('utf8')) answer += chunk
          if ((response.statusCode ?? 500) >= 400) reject(new Error(`${method} ${path}: ${response.statusCode} ${answer}`))
          else resolve(answer)
        } catch (error) {
          reject(error)
        }
      })
      request.on('error', reject)
      request.end(text)
    })
  }
}

/**
 * Hands over a payload and reads one result line. Frames are taken as they come: an 8 byte header each.
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
