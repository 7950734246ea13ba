import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Test } from 'tap'

import { until, type Result, type Service } from '../engine/kit.js'

const LANGUAGE: Record<string, string> = { '.py': 'python', '.c': 'c', '.sh': 'bash' }
const CANARY = 'import os\nprint(os.listdir("."), len(os.listdir("/tmp")), sum(name.isdigit() for name in os.listdir("/proc")) < 5)'

/** Runs a program of test/attack/programs; after it the next run must be clean, and no container may be left. */
export async function attack (t: Test, service: Service, program: string, payload: object = {}): Promise<Result> {
  const code = readFileSync(new URL(`./programs/${program}`, import.meta.url), 'utf8')
  const result = await service.run(LANGUAGE[extname(program)] ?? '', code, payload)
  await isClean(t, service)
  return result
}

export async function isClean (t: Test, service: Service): Promise<void> {
  const next = await service.run('python', CANARY)
  t.match(next, { outcome: 'completed', stdout: "['main.py'] 0 True\n", stderr: '' }, 'the next run is clean')
  await until(async () => (await service.containers()).length === 0, 'no container to be left')
}
