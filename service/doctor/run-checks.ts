import { setTimeout as sleep } from 'node:timers/promises'

import { containersOf, reasonOf } from '../docker/engine-details.js'
import type { Pool } from '../pool/pool.js'
import type { ImageDescription, SandboxFactory } from '../runs/ports.js'
import { failed, info, ok, skipped, LOG_ADVICE, type Check } from './check.js'
import { diskChecks, DISK_SCRIPT, fullDiskCheck } from './disk-checks.js'
import { proofs, type Proof } from './proofs.js'
import { DoctorRuns } from './runs.js'
import type { Modules } from './modules.js'

/** Longest wait for a ready container, in milliseconds. */
const READY_MS = 15_000
/** Longest wait for the removal of all containers, in milliseconds. */
const REMOVAL_MS = 5000
const POLL_MS = 50
/** Number of proofs that run at the same time. */
const LANES = 2
/** Time limit of all runs together, in milliseconds. */
const RUNS_MS = 60_000

/** Runs a program for each limit. If the first run fails, the others are skipped. */
export async function runChecks (modules: Modules, runtimeArguments: string[], image: ImageDescription | undefined): Promise<Check[]> {
  const { config, factory } = modules
  const limitProofs = proofs({ container: config.container, runtimeArguments })
  const names = ['disk', ...limitProofs.map(({ name }) => name), 'ready container', 'nothing left behind']
  if (image === undefined) return ['run', ...names].map((name) => skipped(name, 'no image can run'))
  const runs = new DoctorRuns(image, config.run, AbortSignal.timeout(RUNS_MS))
  const first = await firstRun(runs, factory, image)
  if (first.state === 'failed') return [first, ...fullDiskCheck(first.detail), ...names.map((name) => skipped(name, 'runs fail'))]
  const checks = [first, ...await diskChecks(async () => await runs.command(factory, DISK_SCRIPT))]
  checks.push(...await inLanes(limitProofs, async (proof) => await tried(proof.name, async () => await prove(runs, factory, proof))))
  checks.push(await tried('ready container', async () => await readyCheck(runs, modules, image)))
  checks.push(await tried('nothing left behind', async () => await leftoverCheck(modules)))
  return checks
}

/** Runs some proofs at the same time. Returns the checks in the order of the proofs. */
async function inLanes (all: Proof[], prove: (proof: Proof) => Promise<Check>): Promise<Check[]> {
  const checks: Check[] = []
  const waiting = [...all.entries()]
  await Promise.all(Array.from({ length: LANES }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) checks[next[0]] = await prove(next[1])
  }))
  return checks
}

async function firstRun (runs: DoctorRuns, factory: SandboxFactory, { ref }: ImageDescription): Promise<Check> {
  return await tried('run', async () => {
    const startedAt = performance.now()
    const { result: { outcome, stderr } } = await runs.hello(factory)
    if (outcome !== 'completed') return failed('run', `the hello program of ${ref}: ${outcome} ${stderr.trim()}`.trim(), 'rebuild the image: npm run images')
    return ok('run', `hello from ${ref} in a new container: ${(performance.now() - startedAt).toFixed(0)} ms`)
  })
}

async function prove (runs: DoctorRuns, factory: SandboxFactory, proof: Proof): Promise<Check> {
  return proof.judge(await runs.command(factory, proof.script, proof))
}

/** Serves the hello program from the service's pool, which keeps one container of the image ready. */
async function readyCheck (runs: DoctorRuns, { createPool }: Modules, { ref }: ImageDescription): Promise<Check> {
  const pool = createPool(ref)
  if (pool === undefined) return info('ready container', 'the pool is disabled (POOL_MAX=0): each run waits for a new container')
  try {
    await pool.start()
    if (!await becomesReady(pool)) return failed('ready container', `no container became ready within ${READY_MS / 1000} s`, LOG_ADVICE)
    const startedAt = performance.now()
    const { result: { outcome }, pooled } = await runs.hello(pool)
    const detail = `hello from ${ref}: ${(performance.now() - startedAt).toFixed(0)} ms`
    return pooled && outcome === 'completed' ? ok('ready container', detail) : failed('ready container', `${detail}, ${outcome}`, LOG_ADVICE)
  } finally {
    await pool.close()
  }
}

async function becomesReady (pool: Pool): Promise<boolean> {
  for (const deadline = performance.now() + READY_MS; performance.now() < deadline; await sleep(POLL_MS)) {
    if (pool.snapshot().ready > 0) return true
  }
  return false
}

async function leftoverCheck ({ engine, remover, identity, config }: Modules): Promise<Check> {
  await remover.settled()
  let left = await containersOf(engine, identity.boot)
  for (const deadline = performance.now() + REMOVAL_MS; left.length > 0 && performance.now() < deadline; await sleep(POLL_MS)) {
    left = await containersOf(engine, identity.boot)
  }
  if (config.container.keep) return info('nothing left behind', 'DEBUG_KEEP_CONTAINER keeps all containers', 'set DEBUG_KEEP_CONTAINER=false')
  if (left.length === 0) return ok('nothing left behind', 'all containers were removed')
  return failed('nothing left behind', `${left.length} containers are still there`, `docker rm -f ${left.map((id) => id.slice(0, 12)).join(' ')}`)
}

/** Returns a failure if the run itself fails, for example because the engine does not start its container. */
async function tried (name: string, check: () => Promise<Check>): Promise<Check> {
  try {
    return await check()
  } catch (error) {
    return failed(name, reasonOf(error).message, LOG_ADVICE)
  }
}
