import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Test } from 'tap'

import { startService, submission, until, type Result, type Service } from '../engine/kit.js'
import { cleanProgram } from './clean.js'
import { leftovers, watchContainers } from './leftovers.js'

const LANGUAGE: Record<string, string> = { '.py': 'python', '.c': 'c', '.cpp': 'cpp', '.sh': 'bash', '.js': 'javascript' }
/** The languages whose interpreter waits in a ready container. */
export const WAITING = ['python', 'javascript']
/** What limits and waits are multiplied with, for a machine that has other things to do, or a slow runtime. */
const PATIENCE = Number(process.env.RUNONCE_TEST_PATIENCE || 1)
/** gVisor under ptrace starts a process in 10 ms, and without cgroups a fork bomb has the whole machine. */
const SLOWNESS = process.env.RUNONCE_TEST_RUNTIME === 'runsc' ? 3 : 1
/** The longest a run of this suite takes, seconds. */
const TIME_S = 3 * PATIENCE * SLOWNESS
/** What a compiler is given of it, seconds. */
const BUILD_S = 1
/** How long after the start of an attack its neighbour is run, when it has taken what it holds. */
const NEIGHBOUR_AFTER_MS = 1500 * PATIENCE
const READY_MS = 20_000 * PATIENCE
const GONE_MS = 10_000 * PATIENCE * SLOWNESS
const HEALTH_EVERY_MS = 100
/** The longest `GET /` may take while programs do their worst. */
const HEALTH_MS = 1000
/** What a killed run may take over its limit, nanoseconds: the kernel buries a thousand threads, or 256 MiB. */
const OVER_NS = 1e9 * PATIENCE * SLOWNESS
const UNDER_NS = 0.1e9

export type Expected = Record<string, unknown>

export interface Attack {
  title: string
  /** A file of test/attack/programs; its suffix tells the language. */
  program: string
  /** Compared with the result by tap's match. */
  expected: Expected
  stdin?: string
  /** A lower limit of its own time than the suite's, seconds. */
  time?: number
  /** How long the program itself runs, seconds. */
  lasts?: { least?: number, most?: number }
  /** A run of the same image beside it has to be right. */
  neighbour?: boolean
  /** What another runtime can be expected to say, where that is something else, and why. */
  on?: Partial<Record<'crun' | 'runsc', { expected: Expected, because: string }>>
  /** Only with a container made for it, and why. */
  coldOnly?: string
}

/** The runtime under test; undefined: the engine's own. */
export const runtime = process.env.RUNONCE_TEST_RUNTIME || undefined
const verdicts = process.env.RUNONCE_TEST_VERDICTS

/** The settings that every service of this suite has. */
export const SETTINGS = { RUN_MAX_EXECUTION_TIME: String(TIME_S), ...(runtime === undefined ? {} : { DOCKER_CONTAINER_RUNTIME: runtime }) }

/** A service to be attacked, and what it has made so far. */
export interface Target { service: Service, waiting: boolean, made: Set<string> }

/** Starts one; `waiting`: with a ready container of this language, and no other. */
export async function startTarget (t: Test, waiting?: string): Promise<Target> {
  const pool = waiting === undefined ? {} : { POOL_IMAGES: `runonce/${waiting}:latest`, POOL_MIN: '1', POOL_MAX: '1' }
  const service = await startService(t, { env: { ...SETTINGS, ...pool } })
  return { service, waiting: waiting !== undefined, made: await watchContainers(t, service, waiting !== undefined) }
}

export function language ({ program }: { program: string }): string {
  const name = LANGUAGE[extname(program)]
  if (name === undefined) throw new Error(`${program} is in no language known here`)
  return name
}

/** Is there a waiting interpreter that it can be tried in? */
export function canWait (attack: Attack): boolean {
  return attack.coldOnly === undefined && WAITING.includes(language(attack))
}

/** Runs the attack as a test of its own: what is said of it, and what is left behind. */
export async function attackTest (t: Test, target: Target, attack: Attack): Promise<void> {
  const because = special(attack)?.because
  const way = target.waiting ? ', in a container that waited' : ''
  await t.test(`${attack.title}: ${attack.program}${way}${because === undefined ? '' : ` (on ${runtime}: ${because})`}`, { buffered: true }, async (t) => {
    const verdict = { program: attack.program, title: attack.title, waiting: target.waiting, outcome: 'none', right: false, because }
    try {
      const result = await attacked(t, target, attack)
      Object.assign(verdict, { outcome: result.outcome ?? 'none', right: t.passing() })
    } finally {
      if (verdicts !== undefined) appendFileSync(verdicts, `${JSON.stringify(verdict)}\n`)
    }
  })
}

async function attacked (t: Test, target: Target, attack: Attack): Promise<Result> {
  const { service, waiting } = target
  if (waiting) await until(async () => await readyCount(service) > 0, 'a ready container', READY_MS)
  const stopAsking = askMeanwhile(service)
  try {
    const result = await run(t, target, attack)
    const next = await service.run(language(attack), cleanProgram(language(attack)))
    t.match(next, { outcome: 'completed', stdout: 'clean 42\n', stderr: '' }, 'the next run is clean and right')
    await until(async () => await readyCount(service) === (await service.containers()).length, 'its container to go', GONE_MS)
    const there = new Set((await service.containers()).map(({ Id }) => Id))
    const gone = [...target.made].filter((id) => !there.has(id))
    t.ok(gone.length > 0, `${gone.length} containers are gone`)
    t.strictSame(await leftovers(gone, GONE_MS), [], 'and no process, folder or mount of theirs is left')
    gone.forEach((id) => target.made.delete(id))
    return result
  } finally {
    const slowest = await stopAsking()
    t.ok(slowest < HEALTH_MS, `GET / took ${slowest.toFixed(0)} ms at most meanwhile`)
  }
}

async function run (t: Test, { service, waiting }: Target, attack: Attack): Promise<Result> {
  const { stdin = '', neighbour = false } = attack
  const code = readFileSync(new URL(`./programs/${attack.program}`, import.meta.url), 'utf8')
  const id = randomUUID()
  const [{ status, body: result }] = await Promise.all([
    service.post('/run', submission(language(attack), code, { stdin, limits: { time: limitNs(attack) / 1e9 } }), { headers: { 'x-request-id': id } }),
    neighbour ? runBeside(t, service, attack) : undefined
  ])
  const { status: answered = 200, ...said } = special(attack)?.expected ?? attack.expected
  t.equal(status, answered, JSON.stringify(result).slice(0, 500))
  t.match(result, said)
  if (status !== 200) return result
  // A forged one has what its forger wrote.
  if (typeof result.duration === 'number') assertDuration(t, attack, result)
  const line = await until(() => service.logs.find(({ msg, requestId }) => msg === 'run' && requestId === id), 'the log line')
  t.equal(line.pooled, waiting, waiting ? 'a waiting container served it' : 'a container was made for it')
  return result
}

/** A timeout is not told before the limit; and nothing goes on for long after it. */
function assertDuration (t: Test, attack: Attack, { outcome, duration, build }: Result): void {
  const { lasts = {} } = attack
  const limit = limitNs(attack)
  const least = outcome === 'timeout' ? limit - UNDER_NS - (build?.duration ?? 0) : (lasts.least ?? 0) * 1e9
  const most = lasts.most === undefined ? limit + OVER_NS : lasts.most * PATIENCE * 1e9
  t.ok(duration >= least && duration <= most, `${duration} ns, of ${least} to ${most}`)
}

function special ({ on }: Attack) {
  return runtime === 'crun' || runtime === 'runsc' ? on?.[runtime] : undefined
}

function limitNs (attack: Attack): number {
  const build = language(attack).startsWith('c') ? BUILD_S : 0
  return (attack.time === undefined ? TIME_S : (attack.time + build) * PATIENCE) * 1e9
}

async function runBeside (t: Test, service: Service, attack: Attack): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, NEIGHBOUR_AFTER_MS))
  const result = await service.run(language(attack), cleanProgram(language(attack)))
  t.match(result, { outcome: 'completed', stdout: 'clean 42\n', stderr: '' }, 'a run beside it is right')
}

/** Where it is the number of all containers there are, every used one is gone. */
async function readyCount (service: Service): Promise<number> {
  return (await service.request('/readyz')).body.pool.ready
}

/** Asks `GET /` again and again; the function it gives ends that, and tells the longest answer's time in milliseconds. */
function askMeanwhile (service: Service): () => Promise<number> {
  const ended = new AbortController()
  let slowest = 0
  const asked = (async () => {
    while (!ended.signal.aborted) {
      const { ms } = await service.request('/', { token: null, signal: AbortSignal.timeout(5 * HEALTH_MS) }).catch(() => ({ ms: Infinity }))
      slowest = Math.max(slowest, ms)
      await new Promise((resolve) => setTimeout(resolve, HEALTH_EVERY_MS))
    }
  })()
  return async () => {
    ended.abort()
    await asked
    return slowest
  }
}
