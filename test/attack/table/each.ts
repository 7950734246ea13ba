import type { Attack, Expected } from '../trial.js'

/** Returns an attack for each of several programs. */
export function each (title: string, programs: string[], expected: Expected, more: Partial<Attack> = {}): Attack[] {
  return programs.map((program) => ({ title, program, expected, ...more }))
}

/** A short time limit in seconds for programs that never end. It is long enough to start a program on a busy machine. */
export const SHORT = { time: 3 }

/** Expected result with gVisor, which has no memory limit without cgroups: the time limit ends the program. */
export const NO_CGROUP = {
  on: { runsc: { expected: { outcome: 'timeout', stdout: /^before\n/ }, because: 'without cgroups there is no memory limit, so the time limit ends the program' } }
}

export const NO_PIDS = {
  on: { runsc: { expected: { outcome: /^(completed|timeout)$/, stdout: /^before\n(not full\n)?$/ }, because: 'without cgroups there is no process limit' } }
}
export const SLOW_START = {
  on: { runsc: { expected: { outcome: /^(completed|timeout)$/ }, because: 'under ptrace, a process takes about 10 ms to start, which is too long for hundreds of processes' } }
}
export const NO_SHARE = {
  on: {
    runsc: {
      expected: { outcome: 'timeout', stdout: /^(before\n)?$/ },
      because: 'without cgroups, processes and CPU time are not limited: the runner may respond late, and the service then ends the run without output'
    }
  }
}
