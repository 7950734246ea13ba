import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { Test } from './types.js'

const BARE_SERVER = fileURLToPath(new URL('bare-server.js', import.meta.url))

/** Starts bare-server.js in a separate process and stops it after the test. Returns the URL. */
export async function startBareServer (t: Test): Promise<string> {
  const child = spawn(process.execPath, [BARE_SERVER], { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env.PATH } })
  t.teardown(async () => { child.stdin.end() })
  const [port] = await once(child.stdout.setEncoding('utf8'), 'data')
  return `http://127.0.0.1:${String(port).trim()}/`
}
