import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

import { answers } from '../../engine/ping.js'
import { endProcess, processStart } from '../../lib/process-table.js'

const run = promisify(execFile)
const START_MS = 90_000
const STOP_MS = 60_000
const POLL_MS = 100
/** On a disk: overlay2 does not go on every tmpfs. */
const PARENT = '/var/tmp'
const CGROUPS = '/sys/fs/cgroup'
/** What runs in a runtime that limits no memory has half of the machine's at most, and is ended there. */
const MOST_BYTES = Math.floor(totalmem() / 2)
const IN_CGROUP = 'echo $$ > "$0/cgroup.procs" && exec "$@"'

/** @typedef {{path: string, runtimeArgs?: string[]}} Runtime */

/**
 * Starts another engine beside the first one, with data of its own and these runtimes beside runc. It has no bridge and no packet filter.
 * @param {Record<string, Runtime>} runtimes by name
 * @returns {Promise<{socketPath: string, stop(): Promise<void>}>} stop leaves nothing of it, and is safe to call twice
 * @throws Error with the last lines of its log when it does not come up
 */
export async function startEngine (runtimes) {
  const dir = await mkdtemp(path.join(PARENT, 'runonce-attack-'))
  const socketPath = path.join(dir, 'docker.sock')
  const cgroup = await memoryCgroup(path.basename(dir))
  await writeFile(path.join(dir, 'daemon.json'), JSON.stringify({ runtimes }))
  const dockerd = [
    'dockerd', '--config-file', path.join(dir, 'daemon.json'), '--data-root', path.join(dir, 'data'), '--exec-root', path.join(dir, 'exec'),
    '--pidfile', path.join(dir, 'pid'), '-H', `unix://${socketPath}`, '--bridge=none', '--iptables=false'
  ]
  const [command = '', ...args] = cgroup === undefined ? dockerd : ['sh', '-c', IN_CGROUP, cgroup, ...dockerd]
  const log = await open(path.join(dir, 'log'), 'a')
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log.fd, log.fd] })
  const spawned = new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  await Promise.all([spawned, log.close()])
  child.unref()
  const pid = Number(child.pid)
  const start = await processStart(pid) ?? ''
  /** @type {Promise<void> | undefined} */
  let stopped
  const stop = () => (stopped ??= end())
  try {
    await untilAnswers(socketPath, async () => await processStart(pid) === start)
  } catch (error) {
    const lines = (await readFile(path.join(dir, 'log'), 'utf8')).trimEnd().split('\n').slice(-15).join('\n')
    await stop()
    throw new Error(`${/** @type {Error} */ (error).message}\n${lines}`, { cause: error })
  }
  return { socketPath, stop }

  async function end () {
    await endProcess(pid, start, STOP_MS)
    for (const mount of await mountsBelow(dir)) await run('umount', ['-l', mount]).catch(() => {})
    if (cgroup !== undefined) await rmdir(cgroup).catch(() => {}) // Something that will not die is worth a folder left, not a failure.
    await rm(dir, { recursive: true, force: true })
  }
}

/**
 * What containers leave that outlived their engine.
 * @param {string} dir
 * @returns {Promise<string[]>} the innermost first
 */
async function mountsBelow (dir) {
  const points = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '')
  return points.filter((point) => point.startsWith(`${dir}/`)).reverse()
}

/**
 * @param {string} socketPath
 * @param {() => Promise<boolean>} lives
 */
async function untilAnswers (socketPath, lives) {
  for (const deadline = Date.now() + START_MS; !await answers(socketPath);) {
    if (!await lives()) throw new Error('the engine for the runtimes ended')
    if (Date.now() > deadline) throw new Error(`the engine for the runtimes does not answer within ${START_MS / 1000} s`)
    await sleep(POLL_MS)
  }
}

/**
 * @param {string} name
 * @returns {Promise<string | undefined>} a control group with a limit of memory; undefined where none can be made
 */
async function memoryCgroup (name) {
  const unified = existsSync(`${CGROUPS}/cgroup.controllers`)
  const cgroup = unified ? `${CGROUPS}/${name}` : `${CGROUPS}/memory/${name}`
  try {
    await mkdir(cgroup)
    await writeFile(`${cgroup}/${unified ? 'memory.max' : 'memory.limit_in_bytes'}`, String(MOST_BYTES))
    return cgroup
  } catch {
    await rmdir(cgroup).catch(() => {})
    return undefined
  }
}
