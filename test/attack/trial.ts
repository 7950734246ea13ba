import { extname } from 'node:path'
import type { Test } from 'tap'

import type { Result } from '../engine/kit.js'
import type { ModeName } from './modes.js'

const LANGUAGE: Record<string, string> = { '.py': 'python', '.c': 'c', '.cpp': 'cpp', '.sh': 'bash', '.js': 'javascript' }
/** Multiplies limits and timeouts on a slow machine. */
export const PATIENCE = Number(process.env.RUNONCE_TEST_PATIENCE || 1)
/** Multiplies limits with gVisor: under ptrace, a process takes 10 ms to start, and without cgroups a fork bomb occupies the whole machine. */
export const SLOWNESS = process.env.RUNONCE_TEST_RUNTIME === 'runsc' ? 3 : 1
/** Time limit in seconds of a run that is expected to reach it. */
const TIME_S = 3 * PATIENCE * SLOWNESS
/** Time limit in seconds of a run that is expected to end earlier, even on a busy machine. */
export const DEADLINE_S = 30 * PATIENCE * SLOWNESS
/** Additional time limit in seconds for the compiler of a C program. */
const BUILD_S = 2
/** Highest accepted ratio of a run's duration to its limit: the kernel may have to end a thousand threads or free 256 MiB. */
const LATE = 2
const UNDER_NS = 0.1e9

/** The runtime under test; undefined means the default runtime of the engine. */
export const runtime = process.env.RUNONCE_TEST_RUNTIME || undefined

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

/** An attack in one of its modes. */
export interface Trial { attack: Attack, mode: ModeName }

export function language ({ program }: { program: string }): string {
  const name = LANGUAGE[extname(program)]
  if (name === undefined) throw new Error(`${program}: unknown suffix`)
  return name
}

/** Returns the exception for the mode or the runtime, if there is one. */
export function special ({ attack, mode }: Trial): Exception | undefined {
  return attack.in?.[mode] ?? (runtime === 'crun' || runtime === 'runsc' ? attack.on?.[runtime] : undefined)
}

export function expectedOf (trial: Trial): Expected {
  const expected = special(trial)?.expected ?? trial.attack.expected
  if (trial.mode !== 'tty') return expected
  // On a terminal, all output is stdout.
  return Object.fromEntries(Object.entries(expected).filter(([name]) => name !== 'stderr'))
}

/** Returns the time limit of the run, in nanoseconds. */
export function limitNs (trial: Trial): number {
  const { time } = trial.attack
  const build = language(trial.attack).startsWith('c') ? BUILD_S : 0
  if (time !== undefined) return (time + build) * PATIENCE * 1e9
  return (mayTimeOut(expectedOf(trial)) ? TIME_S : DEADLINE_S) * 1e9
}

/** Reports whether the time limit is one of the expected outcomes. */
function mayTimeOut ({ outcome }: Expected): boolean {
  return outcome instanceof RegExp ? outcome.test('timeout') : outcome === undefined || outcome === 'timeout'
}

/** Asserts that a timeout is not reported before the limit, and that no run exceeds its limit by much. */
export function assertDuration (t: Test, trial: Trial, { outcome, duration, build }: Result): void {
  const limit = limitNs(trial)
  const least = outcome === 'timeout' ? limit - UNDER_NS - (build?.duration ?? 0) : (trial.attack.lastsAtLeast ?? 0) * 1e9
  const most = outcome === 'timeout' ? limit * LATE : limit
  t.ok(duration >= least && duration <= most, `${duration} ns, of ${least} to ${most}`)
}
