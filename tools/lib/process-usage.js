import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks per second in proc_pid_stat(5) on all architectures that Node supports. */
const TICKS = 100

/** @typedef {{ pid: number, name: string, cpuMs: number, rssBytes: number, pssBytes: number, fds: number }} Usage */

/**
 * Returns the resources that a process uses.
 * @param {number} pid
 * @returns {Usage | undefined} undefined if the process has ended
 * @see proc_pid_stat(5), fields 14 and 15; proc_pid_smaps(5)
 */
export function usageOf (pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const memory = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const bytes = (/** @type {string} */ name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(memory)?.[1] ?? 0) * 1024
    return {
      pid,
      name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim(),
      cpuMs: (Number(fields[11]) + Number(fields[12])) * 1000 / TICKS,
      rssBytes: bytes('Rss'),
      pssBytes: bytes('Pss'),
      fds: readdirSync(`/proc/${pid}/fd`).length
    }
  } catch {
    return undefined
  }
}

/** Whether a process is one of containerd's shims. The kernel truncates the name "containerd-shim-runc-v2". @param {Usage} usage */
export function isShim ({ name }) {
  return name.startsWith('containerd-shim')
}

/**
 * Returns processes that have ended, but whose parent has not waited for them.
 * @param {number[]} parents pids
 * @returns {number[]} pids
 */
export function zombiesOf (parents) {
  return readdirSync('/proc').map(Number).filter((pid) => pid > 0).filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return state === 'Z' && parents.includes(Number(parent))
    } catch {
      return false
    }
  })
}
