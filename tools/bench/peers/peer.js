import { spawn } from 'node:child_process'
import http from 'node:http'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { killOnExit } from '../../lib/child.js'
import { httpRequest, jsonHeaders } from '../../lib/http-request.js'

const START_MS = 60_000
const RUN_MS = 60_000
const STOP_MS = 20_000

/** The program of all measurements, and its output. */
export const PROGRAM = 'print("Hello World!")\n'
export const GREETING = 'Hello World!\n'

/**
 * @typedef {object} Api how to run the program over HTTP
 * @property {string} url
 * @property {Record<string, string>} [headers]
 * @property {object} body
 * @property {(response: any) => unknown} outputOf returns the output in the body of a successful response
 *
 * @typedef {'completed' | 'refused' | 'failed'} Outcome `refused`: status 503 with Retry-After
 *
 * @typedef {object} Peer a service that runs programs
 * @property {string} name
 * @property {() => Promise<{outcome: Outcome, reason?: string}>} run runs the program once
 * @property {() => Promise<unknown>} stop
 */

/**
 * @param {string} name
 * @param {Api} api
 * @param {() => Promise<unknown>} [stop]
 * @returns {Peer}
 */
export function httpPeer (name, { url, headers = {}, body, outputOf }, stop = async () => {}) {
  const agent = new http.Agent({ keepAlive: true })
  const { hostname, port, pathname: path } = new URL(url)
  const text = JSON.stringify(body)
  const options = { hostname, port, path, agent, method: 'POST', headers: { ...headers, ...jsonHeaders(text) }, timeout: RUN_MS }
  return {
    name,
    async run () {
      try {
        const response = await httpRequest(options, text)
        if (response.status === 503 && response.headers['retry-after'] !== undefined) return { outcome: 'refused' }
        if (response.status === 200 && outputOf(JSON.parse(response.text)) === GREETING) return { outcome: 'completed' }
        return { outcome: 'failed', reason: `${response.status} ${response.text.slice(0, 200)}` }
      } catch (error) {
        return { outcome: 'failed', reason: /** @type {Error} */ (error).message }
      }
    },
    async stop () {
      agent.destroy()
      await stop()
    }
  }
}

/** Returns a port on which no server listens. @returns {Promise<number>} */
export async function freePort () {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = /** @type {net.AddressInfo} */ (server.address())
  await new Promise((resolve) => server.close(resolve))
  return port
}

/**
 * Starts a server process and waits until it listens.
 * @param {string} command
 * @param {string[]} args
 * @param {{port: number, env?: NodeJS.ProcessEnv, cwd?: string}} options
 * @returns {Promise<() => Promise<void>>} a function that stops the process
 */
export async function startServer (command, args, { port, env = {}, cwd }) {
  const child = killOnExit(spawn(command, args, { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore', ...cwd === undefined ? {} : { cwd } }))
  const exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve))
  let running = true
  void exited.then(() => { running = false })
  for (const deadline = Date.now() + START_MS; !await listens(port); await sleep(50)) {
    if (!running || Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`${command} does not listen on port ${port}`)
    }
  }
  return async () => {
    child.kill('SIGTERM')
    await Promise.race([exited, sleep(STOP_MS, undefined, { ref: false })])
    child.kill('SIGKILL')
  }
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export async function listens (port) {
  const socket = net.connect(port, '127.0.0.1')
  return await new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  }).finally(() => socket.destroy())
}
