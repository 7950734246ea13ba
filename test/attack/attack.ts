import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import type { Test } from 'tap'

import { startBareServer } from '../engine/bare-server-process.js'
import { startService, until, type Result, type Service } from '../engine/kit.js'
import { cleanProgram } from './clean.js'
import { leftovers, watchContainers } from './leftovers.js'
import { MODES } from './modes.js'
import { askMeanwhile } from './response-times.js'
import { assertDuration, DEADLINE_S, expectedOf, language, limitNs, PATIENCE, runtime, SLOWNESS, special, type Attack, type Trial } from './trial.js'

/** Languages whose interpreter waits in a ready container. */
export const WAITING = ['python', 'javascript']
/** Time limit in seconds of a build and three cases. */
const CASES_S = 4 * DEADLINE_S
const READY_MS = 60_000 * PATIENCE
const GONE_MS = 30_000 * PATIENCE * SLOWNESS
/** Highest accepted ratio of the median durations of `GET /` during an attack: the service to a bare server on the same machine. */
const OF_BARE = 10
const verdicts = process.env.RUNONCE_TEST_VERDICTS

/** Settings that all services of this suite use. */
export const SETTINGS = { RUN_MAX_EXECUTION_TIME: String(DEADLINE_S), RUN_MAX_CASES_TIME: String(CASES_S), ...(runtime === undefined ? {} : { DOCKER_CONTAINER_RUNTIME: runtime }) }

/** A service under attack, with the IDs of the containers that it has created. */
export interface Target { service: Service, waiting: boolean, made: Set<string>, bareUrl: string }

/** Starts a service. @param waiting language of which the service keeps a ready container */
export async function startTarget (t: Test, waiting?: string): Promise<Target> {
  const pool = waiting === undefined ? {} : { POOL_IMAGES: `runonce/${waiting}:latest`, POOL_MIN: '1', POOL_MAX: '1' }
  const service = await startService(t, { env: { ...SETTINGS, ...pool } })
  return { service, waiting: waiting !== undefined, made: await watchContainers(t, service, waiting !== undefined), bareUrl: await startBareServer(t) }
}

/** Reports whether the attack also runs in a ready container. */
export function canWait ({ attack, mode }: Trial): boolean {
  return MODES[mode].canWait && attack.coldOnly === undefined && WAITING.includes(language(attack))
}

/** Runs the attack as a subtest. Checks the result, the next run, and the removal of the container. */
export async function attackTest (t: Test, target: Target, trial: Trial): Promise<void> {
  const { attack, mode } = trial
  const because = special(trial)?.because
  const way = `${mode === 'plain' ? '' : `, ${mode}`}${target.waiting ? ', in a ready container' : ''}`
  await t.test(`${attack.title}: ${attack.program}${way}${because === undefined ? '' : ` (${because})`}`, { buffered: true }, async (t) => {
    const verdict = { program: attack.program, title: attack.title, mode, waiting: target.waiting, outcome: 'none', right: false, because }
    try {
      const result = await attacked(t, target, trial)
      Object.assign(verdict, { outcome: result.outcome ?? 'none', right: t.passing() })
    } finally {
      if (verdicts !== undefined) appendFileSync(verdicts, `${JSON.stringify(verdict)}\n`)
    }
  })
}

async function attacked (t: Test, target: Target, trial: Trial): Promise<Result> {
  const { service, waiting } = target
  const { attack } = trial
  if (waiting) await until(async () => await readyCount(service) > 0, 'a ready container', READY_MS)
  const stopAsking = askMeanwhile(target)
  try {
    const result = await run(t, target, trial)
    const next = await service.run(language(attack), cleanProgram(language(attack)))
    t.match(next, { outcome: 'completed', stdout: 'clean 42\n', stderr: '' }, 'the next run is clean and correct')
    await until(async () => await readyCount(service) === (await service.containers()).length, 'the removal of the container', GONE_MS)
    const there = new Set((await service.containers()).map(({ Id }) => Id))
    const gone = [...target.made].filter((id) => !there.has(id))
    t.ok(gone.length > 0, `${gone.length} containers were removed`)
    t.strictSame(await leftovers(gone, GONE_MS), [], 'all of their processes, folders and mounts are removed')
    gone.forEach((id) => target.made.delete(id))
    return result
  } finally {
    const { ours, bare } = await stopAsking()
    t.ok(ours < OF_BARE * bare, `GET / took ${ours.toFixed(1)} ms during the attack, a bare server ${bare.toFixed(1)} (medians)`)
  }
}

async function run (t: Test, { service, waiting }: Target, trial: Trial): Promise<Result> {
  const { attack, mode } = trial
  const { stdin = '', neighbour = false } = attack
  const code = readFileSync(new URL(`./programs/${attack.program}`, import.meta.url), 'utf8')
  const requestId = randomUUID()
  let ended = false
  const [{ status, result }] = await Promise.all([
    MODES[mode].run({ t, service, language: language(attack), code, stdin, time: limitNs(trial) / 1e9, requestId }).finally(() => { ended = true }),
    neighbour ? runBeside(t, service, attack, () => ended) : undefined
  ])
  const { status: expectedStatus = 200, ...expected } = expectedOf(trial)
  t.equal(status, expectedStatus, JSON.stringify(result).slice(0, 500))
  t.match(result, expected)
  for (const [name, file] of Object.entries(attack.files ?? {})) t.match(result.files?.find((each) => each.name === name), file, name)
  if (status !== 200) return result
  // A forged result contains data that the program wrote.
  if (typeof result.duration === 'number') assertDuration(t, trial, result)
  const line = await until(() => service.logs.find(({ msg, requestId: id }) => msg === 'run' && id === requestId), 'the log line')
  t.equal(line.pooled, waiting, waiting ? 'a ready container served the run' : 'a new container served the run')
  return result
}

/** Runs the same image repeatedly until the attack ends. */
async function runBeside (t: Test, service: Service, attack: Attack, ended: () => boolean): Promise<void> {
  while (!ended()) {
    const result = await service.run(language(attack), cleanProgram(language(attack)))
    t.match(result, { outcome: 'completed', stdout: 'clean 42\n', stderr: '' }, 'a run during the attack is correct')
  }
}

/** Returns the number of ready containers. If it equals the number of all containers, all used containers have been removed. */
async function readyCount (service: Service): Promise<number> {
  return (await service.request('/readyz')).body.pool.ready
}
