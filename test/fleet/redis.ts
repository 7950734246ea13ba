import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

import { freePort } from '../engine/http-client.js'
import type { Test } from './run-engine.js'

/** A redis-server process with an empty database in memory. */
export class RedisServer {
  constructor (readonly url: string, private readonly child: ChildProcess) {}

  /** @param options.stopped whether the server is stopped by SIGSTOP as soon as it accepts connections */
  static async start (t: Test, { stopped = false } = {}): Promise<RedisServer> {
    const port = await freePort()
    const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(async () => {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    })
    let log = ''
    for await (const chunk of child.stdout) if ((log += String(chunk)).includes('Ready to accept connections')) break
    const server = new RedisServer(`redis://127.0.0.1:${port}`, child)
    if (stopped) server.stop()
    return server
  }

  /** Stops the process by SIGSTOP. The kernel continues to accept its connections. */
  stop (): void { this.child.kill('SIGSTOP') }

  resume (): void { this.child.kill('SIGCONT') }
}
