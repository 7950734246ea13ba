import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'

import type { Test } from 'tap'

/** Returns a folder whose path is short enough for sockets. */
export async function socketFolder (t: Test): Promise<string> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'runonce-test-'))
  t.teardown(async () => await rm(dir, { recursive: true }))
  return dir
}

/**
 * Starts a server on a socket, like an engine that responds.
 * @param responses by path: an object is sent as JSON, a number is the status; other paths return 200
 */
export async function respondAt (t: Test, socketPath: string, responses: Record<string, number | object> = {}): Promise<void> {
  await mkdir(path.dirname(socketPath), { recursive: true })
  const server = http.createServer(({ url = '' }, response) => {
    const prepared = responses[url] ?? 200
    response.writeHead(typeof prepared === 'number' ? prepared : 200).end(JSON.stringify(prepared))
  }).listen(socketPath)
  await once(server, 'listening')
  t.teardown(() => server.close())
}
