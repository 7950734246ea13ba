import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Test } from 'tap'

import { submission, until, type Result, type Service } from '../engine/kit.js'

const LANGUAGE: Record<string, string> = { '.py': 'python', '.c': 'c', '.sh': 'bash' }
const CANARY = 'import os\nprint(os.listdir("."), len(os.listdir("/tmp")), sum(name.isdigit() for name in os.listdir("/proc")) < 5)'

/** Settings under which one Python container waits warm for each run. */
export const WAITING = { POOL_IMAGES: 'runonce/python:latest', POOL_MIN: '1', POOL_MAX: '1' }

/**
 * Runs a program of test/attack/programs; after it the next run must be clean, and of its container nothing may be left.
 * @param waiting a container has to be waiting for it
 */
export async function attack (t: Test, service: Service, program: string, { waiting = false } = {}): Promise<Result> {
  const code = readFileSync(new URL(`./programs/${program}`, import.meta.url), 'utf8')
  if (waiting) await until(async () => (await service.request('/readyz')).body.pool.ready === 1, 'a ready container')
  const ready = await service.containers()
  const id = randomUUID()
  const { status, body: result } = await service.post('/run', submission(LANGUAGE[extname(program)] ?? '', code), { headers: { 'x-request-id': id } })
  t.equal(status, 200)
  const line = await until(() => service.logs.find(({ msg, requestId }) => msg === 'run' && requestId === id), 'the log line')
  t.equal(line.pooled, waiting, waiting ? 'a waiting container served it' : 'a container was made for it')
  const next = await service.run('python', CANARY)
  t.match(next, { outcome: 'completed', stdout: "['main.py'] 0 True\n", stderr: '' }, 'the next run is clean')
  await until(async () => (await service.containers()).every(({ Id }) => waiting && !ready.some((one) => one.Id === Id)), 'its container to go')
  return result
}
