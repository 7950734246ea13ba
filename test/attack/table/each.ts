import type { Attack, Expected } from '../attack.js'

/** The same attack in several programs. */
export function each (title: string, programs: string[], expected: Expected, more: Partial<Attack> = {}): Attack[] {
  return programs.map((program) => ({ title, program, expected, ...more }))
}

/** A short limit for a program that would use any limit up; long enough for a busy machine to start it. */
export const SHORT = { time: 3 }

/** gVisor without cgroups has no memory limit: the time limit ends the program. */
export const NO_CGROUP = {
  on: { runsc: { expected: { outcome: 'timeout', stdout: /^before\n/ }, because: 'without cgroups there is no memory limit, so the time limit ends it' } }
}

export const NO_PIDS = {
  on: { runsc: { expected: { outcome: /^(completed|timeout)$/, stdout: /^before\n(not full\n)?$/ }, because: 'without cgroups there is no process limit' } }
}
export const SLOW_START = {
  on: { runsc: { expected: { outcome: /^(completed|timeout)$/ }, because: 'a process takes about 10 ms to start under ptrace, too long for hundreds' } }
}
export const NO_SHARE = {
  on: {
    runsc: {
      expected: { outcome: 'timeout', stdout: /^(before\n)?$/ },
      because: 'without cgroups its processes and CPU time have no limit: the runner may be late, and the service ends the run without its output'
    }
  }
}
