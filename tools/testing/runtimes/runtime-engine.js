import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import path from 'node:path'

import { startDaemon } from '../../engine/daemon.js'
import { execute } from '../../lib/child.js'
import { endProcess } from '../../lib/process-table.js'

const STOP_MS = 60_000
/** Parent of the data folder. It must be on a disk, because overlay2 does not work on every tmpfs. */
const PARENT = '/var/tmp'
const CGROUPS = '/sys/fs/cgroup'
/** Memory limit in bytes of the cgroup of the engine, for runtimes that do not limit memory: half of the memory of the machine. */
const MEMORY_BYTES = Math.floor(totalmem() / 2)
const IN_CGROUP = 'echo $$ > "$0/cgroup.procs" && exec "$@"'

/** @typedef {{path: string, runtimeArgs?: string[]}} Runtime an entry of `runtimes` in daemon.json */

/**
 * Starts another engine with separate data and with runtimes in addition to runc. The engine has no bridge and no packet filter.
 * @param {Record<string, Runtime>} runtimes additional runtimes by name
 * @returns {Promise<{socketPath: string, stop(): Promise<void>}>} `stop` removes all files and processes of the engine, and is idempotent
 * @throws Error with the last lines of the log if the engine does not start
 */
export async function startRuntimeEngine (runtimes) {
  const dir = await mkdtemp(path.join(PARENT, 'runonce-attack-'))
  const socketPath = path.join(dir, 'docker.sock')
  const cgroup = await memoryCgroup(path.basename(dir))
  await writeFile(path.join(dir, 'daemon.json'), JSON.stringify({ runtimes }))
  const dockerd = [
    'dockerd', '--config-file', path.join(dir, 'daemon.json'), '--data-root', path.join(dir, 'data'), '--exec-root', path.join(dir, 'exec'),
    '--pidfile', path.join(dir, 'pid'), '-H', `unix://${socketPath}`, '--bridge=none', '--iptables=false'
  ]
  const commandLine = cgroup === undefined ? dockerd : ['sh', '-c', IN_CGROUP, cgroup, ...dockerd]
  const daemon = await startDaemon(commandLine, { socketPath, log: path.join(dir, 'log'), stopMs: STOP_MS }).catch(async (error) => {
    await removeFiles()
    throw error
  })
  /** @type {Promise<void> | undefined} */
  let stopped
  return { socketPath, stop: () => (stopped ??= endProcess(daemon.pid, daemon.start, STOP_MS).then(removeFiles)) }

  async function removeFiles () {
    for (const mount of await mountsBelow(dir)) await execute('umount', ['-l', mount]).catch(() => {})
    if (cgroup !== undefined) await rmdir(cgroup).catch(() => {}) // fails while a process in the cgroup cannot be killed
    await rm(dir, { recursive: true, force: true })
  }
}

/**
 * @param {string} dir
 * @returns {Promise<string[]>} mount points of containers that outlived the engine, innermost first
 */
async function mountsBelow (dir) {
  const points = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '')
  return points.filter((point) => point.startsWith(`${dir}/`)).reverse()
}

/**
 * @param {string} name
 * @returns {Promise<string | undefined>} path of a cgroup with a memory limit; undefined if no cgroup can be created
 */
async function memoryCgroup (name) {
  const unified = existsSync(`${CGROUPS}/cgroup.controllers`)
  const cgroup = unified ? `${CGROUPS}/${name}` : `${CGROUPS}/memory/${name}`
  try {
    await mkdir(cgroup)
    await writeFile(`${cgroup}/${unified ? 'memory.max' : 'memory.limit_in_bytes'}`, String(MEMORY_BYTES))
    return cgroup
  } catch {
    await rmdir(cgroup).catch(() => {})
    return undefined
  }
}
