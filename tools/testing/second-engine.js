import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, open, readdir, readFile, readlink, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { answers } from '../engine/ping.js'
import { endProcess, processStart } from '../lib/process-table.js'

const run = promisify(execFile)
const SUITE = 'trixie'
const MAKE_MS = 15 * 60_000
const START_MS = 90_000
const STOP_MS = 60_000
const POLL_MS = 100
/** On a disk: overlay2 does not go on every tmpfs, and the images would fill one. */
const PARENT = '/var/tmp'
const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
/** As its dockerd sees it. */
const SOCKET = '/run/engine/docker.sock'
/**
 * What dockerd needs in its root ($1): its socket and data in $2, and this checkout ($3), which tests mount files of. In a mount namespace of its own, so that nothing of it stays
 * when the last process has ended, and removing the root can't reach a mount. Its root is the namespace's own, not chroot(2)'s: from
 * there `docker exec` would see the host's root and processes, and clone(2) makes no user namespace.
 */
const START = `set -e
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount --rbind /sys "$1/sys"
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/run"
mkdir -p "$1/run/engine" "$1/var/lib/docker" "$1$3"
mount --bind "$2/socket" "$1/run/engine"
mount --bind "$2/data" "$1/var/lib/docker"
mount --bind -o ro "$3" "$1$3"
cd "$1"
pivot_root . mnt
exec chroot . sh -ec 'umount --lazy /mnt; exec setpriv --pdeathsig TERM dockerd "$@"' sh -H unix://${SOCKET} --bridge=none --iptables=false --ip6tables=false`

/** @typedef {{pid: number, start: string, mounts?: string | undefined}} Daemon its pid, what tells it from a later one, its mount namespace */

/**
 * Starts another Docker engine beside the host's: Debian's, in a root, a mount namespace and with data of its own. Without bridge and
 * packet filter, so that the two don't meet. It ends with this process, however that ends.
 * @param {object} options
 * @param {(text: string) => void} options.say told of long steps
 * @param {string | undefined} options.root one that mmdebstrap made before, which stays; by default a new one is made
 * @returns {Promise<{socketPath: string, stop(): Promise<void>}>} stop leaves nothing of it, and is safe to call twice
 * @throws Error with the last lines of its log when it does not come up
 */
export async function startSecondEngine ({ say, root }) {
  const dir = await mkdtemp(path.join(PARENT, 'runonce-engine-'))
  const itsRoot = root ?? path.join(dir, 'root')
  /** @type {Daemon | undefined} */
  let daemon
  /** @type {Promise<void> | undefined} */
  let stopped
  const stop = () => (stopped ??= end())
  try {
    if (root === undefined) await makeRoot(itsRoot, say)
    for (const name of ['data', 'socket']) await mkdir(path.join(dir, name), { mode: 0o710 })
    daemon = await startDaemon(itsRoot, dir)
    await untilAnswers(daemon, path.join(dir, 'socket/docker.sock'))
  } catch (error) {
    const log = await lastLines(path.join(dir, 'dockerd.log'))
    await stop()
    throw new Error(`${/** @type {Error} */ (error).message}\n${log}`, { cause: error })
  }
  return { socketPath: path.join(dir, 'socket/docker.sock'), stop }

  async function end () {
    if (daemon !== undefined) await endProcess(daemon.pid, daemon.start, STOP_MS)
    // What a dockerd that had to be killed leaves: containerd and its shims.
    for (const { pid, start } of await processesIn(daemon?.mounts)) await endProcess(pid, start, POLL_MS)
    await rm(dir, { recursive: true, force: true })
  }
}

/**
 * @param {string} root
 * @param {(text: string) => void} say
 */
async function makeRoot (root, say) {
  say(`making a root of Debian ${SUITE} with docker.io (a minute)`)
  const packages = ['docker.io', 'iptables', 'ca-certificates']
  await run('mmdebstrap', ['--variant=minbase', `--include=${packages.join(',')}`, SUITE, root], { timeout: MAKE_MS, maxBuffer: 64 * 2 ** 20 })
}

/**
 * @param {string} root
 * @param {string} dir
 * @returns {Promise<Daemon>}
 */
async function startDaemon (root, dir) {
  const log = await open(path.join(dir, 'dockerd.log'), 'a')
  const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', START, 'sh', root, dir, CHECKOUT], { detached: true, stdio: ['ignore', log.fd, log.fd] })
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  await log.close()
  child.unref()
  const pid = /** @type {number} */ (child.pid)
  return { pid, start: await processStart(pid) ?? '' }
}

/**
 * @param {Daemon} daemon gets the name of its mount namespace
 * @param {string} socketPath
 */
async function untilAnswers (daemon, socketPath) {
  const deadline = Date.now() + START_MS
  while (!await answers(socketPath)) {
    if (await processStart(daemon.pid) !== daemon.start) throw new Error('the second engine ended')
    if (Date.now() > deadline) throw new Error(`the second engine does not answer within ${START_MS / 1000} s`)
    await sleep(POLL_MS)
  }
  daemon.mounts = await mountsOf(daemon.pid)
}

/**
 * @param {string | undefined} mounts
 * @returns {Promise<{pid: number, start: string}[]>} the processes in that mount namespace
 */
async function processesIn (mounts) {
  if (mounts === undefined) return []
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0)
  const found = await Promise.all(pids.map(async (pid) => {
    const start = await processStart(pid)
    return start !== undefined && await mountsOf(pid) === mounts ? [{ pid, start }] : []
  }))
  return found.flat()
}

/** @param {number} pid */
async function mountsOf (pid) {
  return await readlink(`/proc/${pid}/ns/mnt`).catch(() => undefined)
}

/** @param {string} file */
async function lastLines (file) {
  return (await readFile(file, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-15).join('\n')
}
