import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { access, constants, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { aptInstall } from '../lib/apt.js'
import { answers } from './ping.js'
import { commandLine, endProcess, processStart, readPid } from '../lib/process-table.js'

const START_MS = 90_000
const STOP_MS = 30_000
const POLL_MS = 100
/** sun_path holds 108 bytes, the final NUL included: unix(7). */
const LONGEST_SOCKET_PATH = 107
const POLICY = '/usr/sbin/policy-rc.d'
/** Ours, by its second line: one that a kill has left is taken away the next time. */
const POLICY_TEXT = '#!/bin/sh\n# runonce: no service is started while its engine is installed\nexit 101\n'

/**
 * @typedef {object} Paths
 * @property {string} dir
 * @property {string} data
 * @property {string} exec
 * @property {string} socket
 * @property {string} pid
 * @property {string} log
 * @property {string} started pid and start of the engine that we started
 * @property {string} leases
 */

/**
 * Where an engine of our own keeps its things. Sockets move to a short path when the cache folder's is too long for them.
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

/** @returns {Promise<boolean>} whether this user could start an engine on this system */
export async function canStart () {
  if (process.getuid?.() !== 0) return false
  return await isThere('/usr/bin/apt-get') || await findDockerd() !== undefined
}

/**
 * Starts a dockerd of our own, installing Docker from Debian's or Ubuntu's archive when there is none, and waits until it answers.
 * It gets no bridge and no packet filter: our containers have no network, and builds use the host's; so it needs no rights over
 * either, and does not meet another engine's.
 * @param {Paths} paths
 * @param {(text: string) => void} say
 * @throws Error with the last lines of its log when it does not come up
 */
export async function startEngine (paths, say) {
  const dockerd = await findDockerd() ?? await install(say)
  await clearStale(paths)
  await mkdir(paths.data, { recursive: true, mode: 0o710 })
  await mkdir(path.dirname(paths.socket), { recursive: true, mode: 0o700 })
  say(`starting an engine of our own (log: ${paths.log})`)
  const log = await open(paths.log, 'a')
  const args = [
    '--data-root', paths.data, '--exec-root', paths.exec, '--pidfile', paths.pid, '-H', `unix://${paths.socket}`,
    '--bridge=none', '--iptables=false'
  ]
  const child = spawn(dockerd, args, { detached: true, stdio: ['ignore', log.fd, log.fd] })
  await log.close()
  /** @type {Error | undefined} */
  let failure
  child.on('error', (error) => { failure = error })
  child.on('exit', (code, signal) => { failure = new Error(`dockerd ended: ${signal ?? `exit code ${code}`}`) })
  child.unref()
  const deadline = Date.now() + START_MS
  while (!await answers(paths.socket)) {
    if (failure === undefined && Date.now() > deadline) failure = new Error(`dockerd does not answer within ${START_MS / 1000} s`)
    if (failure !== undefined) {
      if (child.pid !== undefined) await endProcess(child.pid, await processStart(child.pid) ?? '', STOP_MS)
      throw new Error(`${failure.message}\n${await lastLines(paths.log)}`)
    }
    await sleep(POLL_MS)
  }
  await writeFile(paths.started, `${child.pid} ${await processStart(Number(child.pid))}\n`)
}

/**
 * Ends the engine if it is one that startEngine started, waiting for it; one started otherwise is left alone.
 * @param {Paths} paths
 */
export async function stopEngine (paths) {
  const [pid, start] = (await readFile(paths.started, 'utf8').catch(() => '')).trim().split(' ')
  if (pid === undefined || start === undefined) return
  await endProcess(Number(pid), start, STOP_MS)
  await rm(paths.started, { force: true })
}

/**
 * A pid file left by a crash may name a process that now is another's: the file goes, the process stays. dockerd itself would
 * refuse to start, and would take whatever a left-over containerd.pid names for its containerd, and kill it.
 * @param {Paths} paths
 * @throws Error when an engine of ours runs but does not answer
 */
async function clearStale (paths) {
  for (const file of [paths.pid, path.join(paths.exec, 'containerd/containerd.pid')]) {
    const pid = await readPid(file)
    if (pid !== undefined && (await commandLine(pid)).includes(paths.exec)) {
      const deadline = Date.now() + START_MS
      while ((await commandLine(pid)).includes(paths.exec) && Date.now() < deadline) {
        if (file === paths.pid && await answers(paths.socket)) return
        await sleep(POLL_MS)
      }
      if ((await commandLine(pid)).includes(paths.exec)) {
        throw new Error(`process ${pid} is an engine of ours that does not answer; end it by: kill ${pid}`)
      }
    }
    await rm(file, { force: true })
  }
  await rm(paths.socket, { force: true })
}

/** @returns {Promise<string | undefined>} */
async function findDockerd () {
  for (const dir of [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']) {
    const file = path.join(dir, 'dockerd')
    if (dir !== '' && await isThere(file)) return file
  }
}

/**
 * Installs Debian's docker.io. Its package would start the system's own engine: a policy-rc.d keeps it from that meanwhile.
 * @param {(text: string) => void} say
 * @returns {Promise<string>} dockerd's path
 */
async function install (say) {
  say('installing docker.io by apt-get')
  await withoutServices(POLICY, async () => await aptInstall(['docker.io', 'iptables', 'ca-certificates']))
  const dockerd = await findDockerd()
  if (dockerd === undefined) throw new Error('docker.io is installed, but there is no dockerd on PATH')
  return dockerd
}

/**
 * Runs `work` while packages that are installed start no service. A policy of the system's own stays as it is.
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

/** @param {string} file */
async function isThere (file) {
  return await access(file, constants.X_OK).then(() => true, () => false)
}

/** @param {string} file */
async function lastLines (file) {
  return (await readFile(file, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-15).join('\n')
}
