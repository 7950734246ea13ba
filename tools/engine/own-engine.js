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

/** Timeout for the response of an engine that another process started, in milliseconds. */
const RESPOND_MS = 90_000
const STOP_MS = 30_000
const POLL_MS = 100
/** Longest socket path in bytes. sun_path holds 108 bytes, including the final NUL: unix(7). */
const LONGEST_SOCKET_PATH = 107
const POLICY = '/usr/sbin/policy-rc.d'
/** Policy file that blocks service starts. The second line identifies the file: the next installation removes a file that a killed process left. */
const POLICY_TEXT = '#!/bin/sh\n# runonce: start no service while its engine is installed\nexit 101\n'

/**
 * @typedef {object} Paths
 * @property {string} dir
 * @property {string} data
 * @property {string} exec
 * @property {string} socket
 * @property {string} pid
 * @property {string} log
 * @property {string} started file with the pid and start time of the engine that runonce started
 * @property {string} leases
 */

/**
 * Returns the paths of the private engine. The sockets are under /run if their paths in the cache folder would be too long.
 * @param {string} cache cache folder of this project for the user
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

/** Reports whether this user can start an engine on this system. @returns {boolean} */
export function canStart () {
  return process.getuid?.() === 0 && (findCommand('dockerd') !== undefined || canInstallPackages())
}

/**
 * Starts the private dockerd and waits until it responds. Installs Docker from the Debian or Ubuntu archive if it is missing, and then crun too.
 * The engine has no bridge and no packet filter, so it does not require the corresponding privileges and cannot disturb another engine. Run
 * containers have no network, and builds use the network of the host.
 * @param {Paths} paths
 * @param {(text: string) => void} say
 * @throws Error with the last lines of the log if dockerd does not start
 */
export async function startEngine (paths, say) {
  const dockerd = findCommand('dockerd') ?? await install(say)
  await removeStaleFiles(paths)
  await mkdir(paths.data, { recursive: true, mode: 0o710 })
  await mkdir(path.dirname(paths.socket), { recursive: true, mode: 0o700 })
  say(`starting an engine (log: ${paths.log})`)
  const { pid, start } = await startDaemon([
    dockerd, '--data-root', paths.data, '--exec-root', paths.exec, '--pidfile', paths.pid, '-H', `unix://${paths.socket}`,
    '--bridge=none', '--iptables=false', ...crunFlags()
  ], { socketPath: paths.socket, log: paths.log, stopMs: STOP_MS })
  await writeFile(paths.started, `${pid} ${start}\n`)
}

/**
 * Stops the engine and waits until it exits, but only if `startEngine` started it. Leaves any other engine running.
 * @param {Paths} paths
 */
export async function stopEngine (paths) {
  const [pid, start] = (await readFile(paths.started, 'utf8').catch(() => '')).trim().split(' ')
  if (pid === undefined || start === undefined) return
  await endProcess(Number(pid), start, STOP_MS)
  await rm(paths.started, { force: true })
}

/**
 * Removes pid files and the socket that a crashed engine left. Another process may have reused a recorded pid: dockerd would then refuse to
 * start, or would mistake that process for containerd and kill it.
 * @param {Paths} paths
 * @throws Error if the private engine is running but does not respond
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
        throw new Error(`process ${pid} is a private engine of runonce that does not respond; stop it with: kill ${pid}`)
      }
    }
    await rm(file, { force: true })
  }
  await rm(paths.socket, { force: true })
}

/**
 * Installs Debian's docker.io package. A policy-rc.d file prevents the package from starting a system engine.
 * @param {(text: string) => void} say
 * @returns {Promise<string>} path of dockerd
 */
async function install (say) {
  say('installing docker.io with apt-get')
  await withoutServices(POLICY, async () => await aptInstall(['docker.io', 'iptables', 'ca-certificates']))
  const dockerd = findCommand('dockerd')
  if (dockerd === undefined) throw new Error('docker.io is installed, but dockerd is not on PATH')
  if (findCommand('crun') === undefined) await aptInstall(['crun']).catch(() => say('crun is not available; the engine has only runc'))
  return dockerd
}

/** Registers crun, which the service uses with DOCKER_CONTAINER_RUNTIME=auto if it works. The default runtime is still runc. */
function crunFlags () {
  const crun = findCommand('crun')
  return crun === undefined ? [] : ['--add-runtime', `crun=${crun}`]
}

/**
 * Runs `work` while policy-rc.d prevents newly installed packages from starting services. Keeps an existing policy of the system.
 * @template T
 * @param {string} policy path of the policy file
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
