import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Test } from 'tap'

import { summarize } from '../../tools/bench/statistics.js'
import { startBareServer } from '../engine/bare-server-process.js'
import { send } from '../engine/http-client.js'
import { startService, until, type Result, type Service } from '../engine/kit.js'
import { cleanProgram } from './clean.js'
import { leftovers, watchContainers } from './leftovers.js'
import { MODES, type ModeName } from './modes.js'

const LANGUAGE: Record<string, string> = { '.py': 'python', '.c': 'c', '.cpp': 'cpp', '.sh': 'bash', '.js': 'javascript' }
/** Languages whose interpreter waits in a ready container. */
export const WAITING = ['python', 'javascript']
/** Multiplies limits and timeouts on a slow machine. */
const PATIENCE = Number(process.env.RUNONCE_TEST_PATIENCE || 1)
/** Multiplies limits with gVisor: under ptrace, a process takes 10 ms to start, and without cgroups a fork bomb occupies the whole machine. */
const SLOWNESS = process.env.RUNONCE_TEST_RUNTIME === 'runsc' ? 3 : 1
/** Time limit in seconds of a run that is expected to reach it. */
const TIME_S = 3 * PATIENCE * SLOWNESS
/** Time limit in seconds of a run that is expected to end earlier, even on a busy machine. */
const DEADLINE_S = 30 * PATIENCE * SLOWNESS
/** Time limit in seconds of a build and three cases. */
const CASES_S = 4 * DEADLINE_S
/** Additional time limit in seconds for the compiler of a C program. */
const BUILD_S = 2
const READY_MS = 60_000 * PATIENCE
const GONE_MS = 30_000 * PATIENCE * SLOWNESS
const HEALTH_EVERY_MS = 100
/** Highest accepted ratio of the median durations of `GET /` during an attack: the service to a bare server on the same machine. */
const OF_BARE = 10
/** Timeout of a request during an attack, in milliseconds. */
const HEALTH_TIMEOUT_MS = 20_000 * PATIENCE
/** Highest accepted ratio of a run's duration to its limit: the kernel may have to end a thousand threads or free 256 MiB. */
const LATE = 2
const UNDER_NS = 0.1e9

export type Expected = Record<string, unknown>

export interface Exception { expected: Expected, because: string }

export interface Attack {
  title: string
  /** Name of a file in test/attack/programs. The suffix selects the language. */
  program: string
  /** Expected result, compared with `t.match`. */
  expected: Expected
  /** Expected entries of the returned files, by name. */
  files?: Record<string, Expected>
  stdin?: string
  /** Time limit in seconds, lower than the limit of the suite. */
  time?: number
  /** Minimum duration of the program itself, in seconds. */
  lastsAtLeast?: number
  /** If true, runs of the same image during the attack must succeed. */
  neighbour?: boolean
  /** Expected results that differ in another runtime, with the reason. */
  on?: Partial<Record<'crun' | 'runsc', Exception>>
  /** Expected results that differ in a mode, with the reason. They take precedence over those of a runtime. */
  in?: Partial<Record<ModeName, Exception>>
  /** The only modes in which the attack runs; the default is all modes. */
  modes?: ModeName[]
  /** Reason why the attack runs only in a new container. */
  coldOnly?: string
  /** Reason why no other attack may run at the same time. */
  alone?: string
}

/** The runtime under test; undefined means the default runtime of the engine. */
export const runtime = process.env.RUNONCE_TEST_RUNTIME || undefined
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

export function language ({ program }: { program: string }): string {
  const name = LANGUAGE[extname(program)]
  if (name === undefined) throw new Error(`${program}: unknown suffix`)
  return name
}

/** An attack in one of its modes. */
export interface Trial { attack: Attack, mode: ModeName }

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

/** Asserts that a timeout is not reported before the limit, and that no run exceeds its limit by much. */
function assertDuration (t: Test, trial: Trial, { outcome, duration, build }: Result): void {
  const limit = limitNs(trial)
  const least = outcome === 'timeout' ? limit - UNDER_NS - (build?.duration ?? 0) : (trial.attack.lastsAtLeast ?? 0) * 1e9
  const most = outcome === 'timeout' ? limit * LATE : limit
  t.ok(duration >= least && duration <= most, `${duration} ns, of ${least} to ${most}`)
}

function special ({ attack, mode }: Trial): Exception | undefined {
  return attack.in?.[mode] ?? (runtime === 'crun' || runtime === 'runsc' ? attack.on?.[runtime] : undefined)
}

function expectedOf (trial: Trial): Expected {
  const expected = special(trial)?.expected ?? trial.attack.expected
  if (trial.mode !== 'tty') return expected
  // On a terminal, all output is stdout.
  return Object.fromEntries(Object.entries(expected).filter(([name]) => name !== 'stderr'))
}

function limitNs (trial: Trial): number {
  const { time } = trial.attack
  const build = language(trial.attack).startsWith('c') ? BUILD_S : 0
  if (time !== undefined) return (time + build) * PATIENCE * 1e9
  return (mayTimeOut(expectedOf(trial)) ? TIME_S : DEADLINE_S) * 1e9
}

/** Reports whether the time limit is one of the expected outcomes. */
function mayTimeOut ({ outcome }: Expected): boolean {
  return outcome instanceof RegExp ? outcome.test('timeout') : outcome === undefined || outcome === 'timeout'
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

/** Sends `GET /` to the service and to a bare server until the returned function is called, which resolves with both median durations. */
function askMeanwhile ({ service, bareUrl }: Target): () => Promise<{ ours: number, bare: number }> {
  const ended = new AbortController()
  const times = { ours: [] as number[], bare: [] as number[] }
  const signal = () => AbortSignal.timeout(HEALTH_TIMEOUT_MS)
  const durationOf = async (request: Promise<{ ms: number }>) => (await request.catch(() => ({ ms: Infinity }))).ms
  const asked = (async () => {
    do {
      times.ours.push(await durationOf(service.request('/', { token: null, signal: signal() })))
      times.bare.push(await durationOf(send(bareUrl, { method: 'GET', headers: {}, signal: signal() })))
      await new Promise((resolve) => setTimeout(resolve, HEALTH_EVERY_MS))
    } while (!ended.signal.aborted)
  })()
  return async () => {
    ended.abort()
    await asked
    return { ours: summarize(times.ours).p50, bare: summarize(times.bare).p50 }
  }
}
