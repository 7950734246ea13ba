import { createServer, connect, type Socket } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { socketPath } from './engine.js'
import type { Test } from './types.js'

/** Returns the response to send instead of the engine's response; undefined forwards the request. `request` is the first line of the request. */
export type Fault = (request: string) => string | Buffer | 'silence' | undefined

/** Starts a proxy socket in front of the real engine that injects faults. Resolves with the path of the socket. */
export async function faultEngine (t: Test, fault: Fault): Promise<string> {
  const folder = temporaryFolder(t)
  const path = join(folder, 'docker.sock')
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: socketPath, allowHalfOpen: true })
    for (const socket of [client, engine]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => { client.destroy(); engine.destroy() })
    }
    engine.pipe(client)
    client.on('data', (chunk) => {
      const line = chunk.toString('latin1').split('\r\n', 1)[0] ?? ''
      const answer = /^[A-Z]+ \S+ HTTP\/1\.1$/.test(line) ? fault(line) : undefined
      if (answer === undefined) engine.write(chunk)
      else if (answer !== 'silence') client.write(answer)
    })
    client.on('end', () => engine.end())
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return path
}

/** Returns an error response of an engine. */
export function engineError (status: number, message: string): string {
  const body = JSON.stringify({ message })
  return `HTTP/1.1 ${status} Fault\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

export function temporaryFolder (t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'runonce-'))
  t.teardown(async () => { rmSync(folder, { recursive: true, force: true }) })
  return folder
}
