import { spawn, type ChildProcess } from 'node:child_process'
import { connect } from 'node:net'

import { freePort } from '../engine/http-client.js'
import { until, type Test } from './kit.js'

interface RedisTest extends Test { testdir (): string }

/** A Redis server on a free port. The data are on disk, so that a killed server can be started again. */
export class RedisServer {
  #process: ChildProcess | undefined

  private constructor (private readonly port: number, private readonly folder: string, private readonly durable: boolean) {}

  /**
   * Starts a server and stops it after the test.
   * @param durable whether each command waits for the disk, so that a killed server loses nothing
   */
  static async start (t: RedisTest, { durable = true } = {}): Promise<RedisServer> {
    const server = new RedisServer(Number(await freePort()), t.testdir(), durable)
    t.teardown(async () => { await server.kill() })
    await server.start()
    return server
  }

  get url (): string { return `redis://127.0.0.1:${this.port}` }

  async start (): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', '', '--appendonly', this.durable ? 'yes' : 'no', '--appendfsync', 'always', '--rdbcompression', 'no']
    this.#process = spawn('redis-server', options, { stdio: 'ignore' })
    await until(async () => await this.command('PING').then((response) => response === '+PONG\r\n', () => false), 'Redis')
  }

  /** Kills the server with SIGKILL. */
  async kill (): Promise<void> {
    const killed = this.#process
    if (killed === undefined || killed.exitCode !== null || killed.signalCode !== null) return
    const exited = new Promise((resolve) => killed.once('exit', resolve))
    killed.kill('SIGKILL')
    await exited
  }

  /** Stops or continues the process. */
  signal (signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(signal)
  }

  /** Sends a command without arguments that contain spaces. Resolves with the beginning of the response. */
  async command (line: string): Promise<string> {
    return await new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write(`${line}\r\n`))
      socket.once('error', reject).once('data', (data) => {
        socket.destroy()
        resolve(String(data))
      })
    })
  }
}
