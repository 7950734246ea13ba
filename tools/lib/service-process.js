import { spawn } from 'node:child_process'
import net from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { run } from './child.js'
import { lastLines } from './last-lines.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const START_MS = 60_000
/** Timeout for the stop, in milliseconds. The service waits for accepted runs before it exits. */
const STOP_MS = 45_000

/** Represents a process of the built service. */
export class ServiceProcess {
  /** URL of the service; empty before the service listens. */
  url = ''
  stderr = ''

  /**
   * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
   * @param {(line: string) => void} onLine
   */
  constructor (child, onLine) {
    this.child = child
    /** Resolves with the exit code, with null after a signal, or with 127 if the process does not start. @type {Promise<number | null>} */
    this.exited = new Promise((resolve) => {
      child.on('error', (error) => { this.stderr += error.message; resolve(127) })
      child.on('exit', resolve)
    })
    child.stderr.setEncoding('utf8').on('data', (chunk) => { this.stderr += chunk })
    /** @type {Promise<number>} the port in the service log, because another program may respond on a configured port */
    this.port = new Promise((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        onLine(line)
        if (this.url !== '' || !line.includes('"msg":"listening"')) return
        const { address = '127.0.0.1', port } = JSON.parse(line)
        this.url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`
        resolve(port)
      })
    })
  }

  /**
   * @returns {Promise<void>}
   * @throws Error with the last lines of stderr if the service exits before it listens, or does not listen in time
   */
  async listening () {
    const timeout = sleep(START_MS, 'timeout', { ref: false })
    if (typeof await Promise.race([this.port, this.exited.then(() => 'exit'), timeout]) === 'number') return
    await this.stop()
    throw new Error(`the service did not start (exit code ${await this.exited}):\n${lastLines(this.stderr)}`)
  }

  /**
   * Sends SIGTERM, then SIGKILL if the service does not stop in time. Idempotent.
   * @returns {Promise<number | null>} the value of `exited`
   */
  async stop () {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM')
    const kill = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS)
    return await this.exited.finally(() => clearTimeout(kill))
  }
}

/**
 * Starts the built service without waiting for it.
 * @param {object} options
 * @param {NodeJS.ProcessEnv} options.env complete environment of the process
 * @param {string[]} [options.wrapper] a command that runs the service, as env(1) does
 * @param {boolean} [options.detached] runs the service in a separate process group, so that a terminal does not send it Ctrl-C
 * @param {(line: string) => void} [options.onLine] receives each line of the service log
 */
export function spawnService ({ env, wrapper = [], detached = false, onLine = () => {} }) {
  const [command = '', ...args] = [...wrapper, process.execPath, 'dist/server.js']
  return new ServiceProcess(spawn(command, args, { cwd: ROOT, env, detached, stdio: ['ignore', 'pipe', 'pipe'] }), onLine)
}

/**
 * Starts the built service and waits until it listens.
 * @param {Parameters<typeof spawnService>[0]} options
 */
export async function startService (options) {
  const service = spawnService(options)
  await service.listening()
  return service
}

/** Builds the service and its web page. @throws Error if the build fails */
export async function buildService () {
  const { exitCode } = await run('npm', ['run', '--silent', 'build'])
  if (exitCode !== 0) throw new Error('the build of the service failed; see the errors above')
}

/**
 * Checks whether a server can listen on an address and port.
 * @param {string} address
 * @param {number} port
 * @returns {Promise<string | undefined>} the error code if a server cannot listen on this address and port
 */
export async function listenError (address, port) {
  const server = net.createServer()
  return await new Promise((resolve) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code ?? error.message))
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
