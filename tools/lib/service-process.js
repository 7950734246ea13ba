import { spawn } from 'node:child_process'
import net from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { run } from './child.js'
import { lastLines } from './last-lines.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const START_MS = 60_000
/** Before it stops, the service waits for the runs that it accepted. */
const STOP_MS = 45_000

/** A process of the built service. */
export class ServiceProcess {
  /** Where it listens; empty before. */
  url = ''
  stderr = ''

  /**
   * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
   * @param {(line: string) => void} onLine
   */
  constructor (child, onLine) {
    this.child = child
    /** Resolves with the exit code, or null after a signal; when the process does not start, with 127. @type {Promise<number | null>} */
    this.exited = new Promise((resolve) => {
      child.on('error', (error) => { this.stderr += error.message; resolve(127) })
      child.on('exit', resolve)
    })
    child.stderr.setEncoding('utf8').on('data', (chunk) => { this.stderr += chunk })
    /** @type {Promise<number>} the port that its log reports: on a configured port, another program might respond */
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
   * @throws Error with its last lines when it ends first, or does not listen in time
   */
  async listening () {
    const timeout = sleep(START_MS, 'timeout', { ref: false })
    if (typeof await Promise.race([this.port, this.exited.then(() => 'exit'), timeout]) === 'number') return
    await this.stop()
    throw new Error(`the service did not start (exit code ${await this.exited}):\n${lastLines(this.stderr)}`)
  }

  /**
   * Sends SIGTERM, and SIGKILL when the service does not stop in time. Safe to call twice.
   * @returns {Promise<number | null>} as `exited`
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
 * @param {NodeJS.ProcessEnv} options.env all of its environment
 * @param {string[]} [options.wrapper] a command that runs it, as env(1) does
 * @param {boolean} [options.detached] in a process group of its own: a terminal's Ctrl-C does not reach it
 * @param {(line: string) => void} [options.onLine] gets each line of its log
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

/** @throws Error when the service's TypeScript does not compile */
export async function buildService () {
  const { exitCode } = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'])
  if (exitCode !== 0) throw new Error('the service does not build, see above')
}

/**
 * @param {string} address
 * @param {number} port
 * @returns {Promise<string | undefined>} the error code when a server cannot listen there
 */
export async function listenError (address, port) {
  const server = net.createServer()
  return await new Promise((resolve) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code ?? error.message))
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
