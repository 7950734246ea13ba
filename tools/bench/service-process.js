import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { createInterface } from 'node:readline'

const TOKEN = 'bench-3f9c1d7e5b2a4860'

/** A service process of our own on a free port, and a keep-alive client to it. */
export class ServiceProcess {
  #agent = new http.Agent({ keepAlive: true, maxSockets: 64 })

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {number} port
   */
  constructor (child, port) {
    this.child = child
    this.port = port
  }

  /**
   * @param {string} socketPath
   * @param {Record<string, string>} env
   */
  static async start (socketPath, env = {}) {
    const child = spawn(process.execPath, ['dist/server.js'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        API_ACCESS_TOKEN: TOKEN,
        SERVER_LISTEN_PORT: '0',
        DOCKER_UNIX_SOCKET_PATH: socketPath,
        ...env
      }
    })
    for await (const line of createInterface({ input: child.stdout })) {
      const entry = JSON.parse(line)
      if (entry.msg !== 'listening') continue
      child.stdout.resume()
      return new ServiceProcess(child, entry.port)
    }
    throw new Error('the service ended before it listened')
  }

  /**
   * @param {string} image
   * @param {object} payload
   * @returns {Promise<{ stdout: string, outcome: string, error: string, stderr: string }>}
   */
  async run (image, payload) {
    const { status, body } = await this.#request('POST', '/run', JSON.stringify({ image, payload }))
    if (status !== 200) throw new Error(`POST /run: ${status} ${body}`)
    return JSON.parse(body)
  }

  async about () {
    return JSON.parse((await this.#request('GET', '/')).body)
  }

  async readiness () {
    return JSON.parse((await this.#request('GET', '/readyz')).body)
  }

  async stop () {
    this.#agent.destroy()
    this.child.kill('SIGTERM')
    if (this.child.exitCode === null) await once(this.child, 'exit')
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {string} [body]
   * @returns {Promise<{ status: number | undefined, body: string }>}
   */
  #request (method, path, body) {
    return new Promise((resolve, reject) => {
      const request = http.request({
        agent: this.#agent,
        port: this.port,
        host: '127.0.0.1',
        method,
        path,
        headers: { 'X-Access-Token': TOKEN, ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }) }
      }, async (response) => {
        try {
          let text = ''
          for await (const chunk of response.setEncoding('utf8')) text += chunk
          resolve({ status: response.statusCode, body: text })
        } catch (error) {
          reject(error)
        }
      })
      request.on('error', reject)
      request.end(body)
    })
  }
}
