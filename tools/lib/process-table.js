import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 50

/**
 * Returns the start time of a process in clock ticks of the kernel. The start time distinguishes a process from a later process with the same pid.
 * @param {number} pid
 * @returns {Promise<string | undefined>} undefined if the process does not exist or is a zombie
 * @see proc_pid_stat(5), fields 3 and 22
 */
export async function processStart (pid) {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/**
 * Reads the command line of a process.
 * @param {number} pid
 * @returns {Promise<string>} the arguments of the process, separated by spaces; empty if the process does not exist
 */
export async function commandLine (pid) {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim()
}

/**
 * Reads a process ID from a file.
 * @param {string} file
 * @returns {Promise<number | undefined>}
 */
export async function readPid (file) {
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).trim())
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
}

/**
 * Ends a process: sends SIGTERM, then SIGKILL if the process is still running after the grace period.
 * @param {number} pid
 * @param {string} start start time from `processStart`; prevents signals to a later process with the same pid
 * @param {number} graceMs grace period in milliseconds
 */
export async function endProcess (pid, start, graceMs) {
  /** @type {['SIGTERM' | 'SIGKILL', number][]} */
  const attempts = [['SIGTERM', graceMs], ['SIGKILL', 5000]]
  for (const [signal, waitMs] of attempts) {
    if (await processStart(pid) !== start) return
    process.kill(pid, signal)
    const deadline = Date.now() + waitMs
    while (Date.now() < deadline) {
      if (await processStart(pid) !== start) return
      await sleep(POLL_MS)
    }
  }
}
