import type { Attack, Expected } from '../attack.js'

/** The same attack in several programs. */
export function each (title: string, programs: string[], expected: Expected, more: Partial<Attack> = {}): Attack[] {
  return programs.map((program) => ({ title, program, expected, ...more }))
}

/** It would go on for as long as it may: a second is enough. */
export const SECOND = { time: 1 }

/** gVisor, started without cgroups, has no limit of memory but the machine's: the time ends what takes it. */
export const NO_CGROUP = {
  time: 2,
  on: { runsc: { expected: { outcome: 'timeout', stdout: /^before\n/ }, because: 'no cgroup limits or proves memory, so the clock ends it' } }
}

export const NO_PIDS = {
  on: { runsc: { expected: { outcome: /^(completed|timeout)$/, stdout: /^before\n(not full\n)?$/ }, because: 'no cgroup limits the number of processes' } }
}
export const SLOW_START = {
  on: { runsc: { expected: { outcome: /^(completed|timeout)$/ }, because: 'a process takes about 10 ms to start under ptrace, too long for hundreds' } }
}
export const NO_SHARE = {
  on: {
    runsc: {
      expected: { outcome: 'timeout', stdout: /^(before\n)?$/ },
      because: 'no cgroup holds its processes or its CPU time: the runner may come too late, and the service ends it without the output'
    }
  }
}
