import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { aptInstall, canInstallPackages } from '../lib/apt.js'
import { findCommand } from '../lib/commands.js'
import { commandLine, endProcess, readPid } from '../lib/process-table.js'
import { startDaemon } from './daemon.js'
import { responds } from './ping.js'

/** How long an engine that another process started may take to respond. */
const RESPOND_MS = 90_000
const STOP_MS = 30_000
const POLL_MS = 100
/** sun_path holds 108 bytes, the final NUL included: unix(7). */
const LONGEST_SOCKET_PATH = 107
const POLICY = '/usr/sbin/policy-rc.d'
/** Its second line marks a file as ours: one that a killed process left is removed by the next installation. */
const POLICY_TEXT = '#!/bin/sh\n# runonce: start no service while its engine is installed\nexit 101\n'

/**
 * @typedef {object} Paths
 * @property {string} dir
 * @property {string} data
 * @property {string} exec
 * @property {string} socket
 * @property {string} pid
 * @property {string} log
 * @property {string} started pid and start time of the engine that we started
 * @property {string} leases
 */

/**
 * The files of an engine of our own. Its sockets are below /run when their paths in the cache folder would be too long.
 * @param {string} cache the user's cache folder for this project
 * @returns {Paths}
 */
export function enginePaths (cache) {
  const dir = path.join(cache, 'engine')
  const longest = path.join(dir, 'exec/containerd/containerd.sock.ttrpc')
  const short = `/run/runonce-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`
  const sockets = Buffer.byteLength(longest) <= LONGEST_SOCKET_PATH ? dir : short
  return {
    dir,
    data: path.join(dir, 'data'),
    exec: path.join(sockets, 'exec'),
    socket: path.join(sockets, 'docker.sock'),
    pid: path.join(dir, 'dockerd.pid'),
    log: path.join(dir, 'dockerd.log'),
    started: path.join(dir, 'started'),
    leases: path.join(dir, 'leases')
  }
}

/** @returns {boolean} whether this user can start an engine on this system */
export function canStart () {
  return process.getuid?.() === 0 && (findCommand('dockerd') !== undefined || canInstallPackages())
}

/**
 * Starts a dockerd of our own and waits until it responds. Installs Docker from Debian's or Ubuntu's archive where it is missing.
 * The engine has no bridge and no packet filter: it needs no rights for them and cannot disturb another engine. Containers of ours have no
 * network, and builds use the host's.
 * @param {Paths} paths
 * @param {(text: string) => void} say
 * @throws Error with the last lines of its log when it does not start
 */
export async function startEngine (paths, say) {
  const dockerd = findCommand('dockerd') ?? await install(say)
  await removeStaleFiles(paths)
  await mkdir(paths.data, { recursive: true, mode: 0o710 })
  await mkdir(path.dirname(paths.socket), { recursive: true, mode: 0o700 })
  say(`starting an engine (log: ${paths.log})`)
  const { pid, start } = await startDaemon([
    dockerd, '--data-root', paths.data, '--exec-root', paths.exec, '--pidfile', paths.pid, '-H', `unix://${paths.socket}`,
    '--bridge=none', '--iptables=false'
  ], { socketPath: paths.socket, log: paths.log, stopMs: STOP_MS })
  await writeFile(paths.started, `${pid} ${start}\n`)
}

/**
 * Stops the engine if startEngine started it, and waits for its end. Any other engine keeps running.
 * @param {Paths} paths
 */
export async function stopEngine (paths) {
  const [pid, start] = (await readFile(paths.started, 'utf8').catch(() => '')).trim().split(' ')
  if (pid === undefined || start === undefined) return
  await endProcess(Number(pid), start, STOP_MS)
  await rm(paths.started, { force: true })
}

/**
 * Removes the pid files and the socket that a crash left. Their pid may belong to another process by now: dockerd would refuse to start,
 * or would take that process for its containerd and kill it.
 * @param {Paths} paths
 * @throws Error when an engine of ours runs but does not respond
 */
async function removeStaleFiles (paths) {
  for (const file of [paths.pid, path.join(paths.exec, 'containerd/containerd.pid')]) {
    const pid = await readPid(file)
    if (pid !== undefined && (await commandLine(pid)).includes(paths.exec)) {
      const deadline = Date.now() + RESPOND_MS
      while ((await commandLine(pid)).includes(paths.exec) && Date.now() < deadline) {
        if (file === paths.pid && await responds(paths.socket)) return
        await sleep(POLL_MS)
      }
      if ((await commandLine(pid)).includes(paths.exec)) {
        throw new Error(`process ${pid} is an engine of runonce that does not respond; stop it with: kill ${pid}`)
      }
    }
    await rm(file, { force: true })
  }
  await rm(paths.socket, { force: true })
}

/**
 * Installs Debian's docker.io. A policy-rc.d keeps its package from starting the system's own engine.
 * @param {(text: string) => void} say
 * @returns {Promise<string>} dockerd's path
 */
async function install (say) {
  say('installing docker.io with apt-get')
  await withoutServices(POLICY, async () => await aptInstall(['docker.io', 'iptables', 'ca-certificates']))
  const dockerd = findCommand('dockerd')
  if (dockerd === undefined) throw new Error('docker.io is installed, but dockerd is not on PATH')
  return dockerd
}

/**
 * Runs `work` while newly installed packages start no service. An existing policy of the system stays as it is.
 * @template T
 * @param {string} policy the file's path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @see invoke-rc.d(8), policy-rc.d
 */
export async function withoutServices (policy, work) {
  const placed = await writeFile(policy, POLICY_TEXT, { flag: 'wx', mode: 0o755 })
    .then(() => true, async () => await readFile(policy, 'utf8').catch(() => '') === POLICY_TEXT)
  const remove = () => { if (placed) rmSync(policy, { force: true }) }
  process.once('exit', remove)
  try {
    return await work()
  } finally {
    process.off('exit', remove)
    remove()
  }
}
