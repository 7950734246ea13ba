import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import t from 'tap'

import { docker, needImages, startService, until } from '../engine/kit.js'
import { containerCgroups, isUnified } from './cgroup.js'

const RUNS = 200
/** Each run takes some seconds if the machine is busy. */
const TIMEOUT_MS = 25 * 60_000
/** Number of concurrent runs. */
const LANES = 2
/** Programs that end in different ways. */
const PROGRAMS = ['print(1)', 'raise SystemExit(1)', 'import os\nos.fork()\nos.kill(os.getpid(), 9)', 'block = b"x" * (1 << 30)']
const run = promisify(execFile)

void t.test(`${RUNS} runs leave no cgroups, scope units or failed units`, async (t) => {
  if (!isUnified) throw new Error('this machine does not use cgroup version 2: run npm run test:cgroup2')
  await needImages('python')
  const failedBefore = await units('--failed')
  const service = await startService(t, { env: { POOL_MAX: '2', POOL_IMAGES: 'runonce/python:latest' } })
  t.setTimeout(TIMEOUT_MS)
  const outcomes: Record<string, number> = {}
  let left = RUNS
  await Promise.all(Array.from({ length: LANES }, async () => {
    while (left-- > 0) {
      const { outcome } = await service.run('python', PROGRAMS[left % PROGRAMS.length] ?? '')
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    }
  }))
  const each = RUNS / PROGRAMS.length
  t.strictSame(outcomes, { completed: each, failed: each, signaled: each, out_of_memory: each })
  await service.stop()
  await until(async () => (await service.containers()).length === 0, 'the removal of the containers')
  await until(async () => (await docker.listContainers({ all: true })).length === 0, 'the removal of all containers')
  await until(async () => containerCgroups().length === 0 && (await units('docker-*.scope')).length === 0, 'the removal of the cgroups').catch(() => {})
  t.strictSame(containerCgroups(), [])
  t.strictSame(await units('docker-*.scope'), [])
  t.strictSame(await units('--failed'), failedBefore)
})

/** Returns the names of the systemd units that match. */
async function units (which: string): Promise<string[]> {
  const { stdout } = await run('systemctl', ['list-units', '--all', '--plain', '--no-legend', which])
  return stdout.split('\n').filter((line) => line !== '').map((line) => line.split(' ')[0] ?? '')
}
