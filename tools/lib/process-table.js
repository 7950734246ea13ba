import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 50

/**
 * The start time of a process, in the kernel's clock ticks. It distinguishes the process from a later one with the same pid.
 * @param {number} pid
 * @returns {Promise<string | undefined>} undefined when there is no such process, or it is a zombie
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
 * @param {number} pid
 * @returns {Promise<string>} its arguments, separated by spaces; empty when there is no such process
 */
export async function commandLine (pid) {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim()
}

/**
 * @param {string} file
 * @returns {Promise<number | undefined>}
 */
export async function readPid (file) {
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).trim())
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
}

/**
 * Ends one process: sends SIGTERM, and SIGKILL when the grace period ends first.
 * @param {number} pid
 * @param {string} start from processStart: a later process with the same pid is not touched
 * @param {number} graceMs
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
