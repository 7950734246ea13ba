import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

import { lastLinesOfFile } from '../lib/last-lines.js'
import { endProcess, processStart } from '../lib/process-table.js'
import { responds } from './ping.js'

const START_MS = 90_000
const POLL_MS = 100

/** @typedef {{pid: number, start: string}} Daemon `start` distinguishes the process from a later one with the same pid: see `processStart` */

/**
 * Starts dockerd and waits until it responds. dockerd outlives this process, unless the command line prevents it.
 * @param {string[]} commandLine
 * @param {object} options
 * @param {string} options.socketPath
 * @param {string} options.log file to append the output of dockerd to
 * @param {number} options.stopMs time to stop a dockerd that does not respond, in milliseconds
 * @returns {Promise<Daemon>}
 * @throws Error with the last lines of the log if dockerd does not start
 */
export async function startDaemon ([command = '', ...args], { socketPath, log, stopMs }) {
  const file = await open(log, 'a')
  const child = spawn(command, args, { detached: true, stdio: ['ignore', file.fd, file.fd] })
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject)).finally(() => file.close())
  child.unref()
  const daemon = { pid: Number(child.pid), start: await processStart(Number(child.pid)) ?? '' }
  for (const deadline = Date.now() + START_MS; !await responds(socketPath); await sleep(POLL_MS)) {
    const ended = await processStart(daemon.pid) !== daemon.start
    if (!ended && Date.now() < deadline) continue
    await endProcess(daemon.pid, daemon.start, stopMs)
    throw new Error(`dockerd ${ended ? 'exited' : `did not respond within ${START_MS / 1000} s`}:\n${await lastLinesOfFile(log)}`)
  }
  return daemon
}
