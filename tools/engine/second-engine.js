import { mkdir, mkdtemp, readdir, readlink, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { startDaemon } from './daemon.js'
import { execute } from '../lib/child.js'
import { endProcess, processStart } from '../lib/process-table.js'

const SUITE = 'trixie'
const MAKE_MS = 15 * 60_000
const STOP_MS = 60_000
const KILL_MS = 100
/** Parent of the data folder. It must be on a disk: overlay2 does not work on every tmpfs, and the images could fill a tmpfs. */
const PARENT = '/var/tmp'
const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
/** The path of the socket in the root of the engine. */
const SOCKET = '/run/engine/docker.sock'
/**
 * Prepares the root of dockerd ($1): mounts the folder with the socket and data ($2), and this checkout ($3), because tests mount files of it. The
 * following arguments are flags of dockerd. The mounts are in a private namespace: they disappear with its last process, and removing the root
 * cannot affect the mounted folders. pivot_root(2) makes the root the root of the namespace. With chroot(2) alone, `docker exec` would see the root
 * and the processes of the host, and clone(2) could not create user namespaces.
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
shift 3
exec chroot . sh -ec 'umount --lazy /mnt; exec setpriv --pdeathsig TERM dockerd "$@"' sh -H unix://${SOCKET} --bridge=none --iptables=false --ip6tables=false --add-runtime crun=/usr/bin/crun "$@"`

/**
 * @typedef {object} SecondEngine
 * @property {string} socketPath
 * @property {() => Promise<void>} stop removes all files and processes of the engine, and is idempotent
 * @property {() => Promise<{pid: number, start: string}[]>} processes returns dockerd, containerd and its shims
 */

/**
 * Starts a second Docker engine in addition to the engine of the host: the engine of Debian, in a separate root file system and mount namespace. The
 * engine has no bridge and no packet filter, so it does not disturb the first engine. The engine exits when this process exits, even after a crash.
 * @param {object} options
 * @param {(text: string) => void} options.say receives a message before each long step
 * @param {string | undefined} options.root path of an existing root that mmdebstrap created, which is kept; by default, a new root is created
 * @param {string[]} [options.flags] additional flags of dockerd
 * @param {NodeJS.ProcessEnv} [options.env] additional environment variables of dockerd, which its child processes inherit
 * @param {import('../lib/cpu-cgroup.js').CpuCgroup} [options.cgroup] the cgroup of the engine and its processes, without containers
 * @returns {Promise<SecondEngine>}
 * @throws Error with the last lines of the log if the engine does not start
 */
export async function startSecondEngine ({ say, root, flags = [], env = {}, cgroup }) {
  const dir = await mkdtemp(path.join(PARENT, 'runonce-engine-'))
  const socketPath = path.join(dir, 'socket/docker.sock')
  /** @type {import('./daemon.js').Daemon | undefined} */
  let daemon
  /** @type {string | undefined} */
  let mounts
  /** @type {Promise<void> | undefined} */
  let stopped
  const stop = () => (stopped ??= end())
  try {
    const itsRoot = root ?? await makeRoot(path.join(dir, 'root'), say)
    for (const name of ['data', 'socket']) await mkdir(path.join(dir, name), { mode: 0o710 })
    const commandLine = [...cgroup?.wrapper ?? [], 'env', ...Object.entries(env).map(([name, value]) => `${name}=${value}`), 'unshare', '--mount', '--propagation', 'private', 'sh', '-c', START, 'sh', itsRoot, dir, CHECKOUT, ...flags]
    daemon = await startDaemon(commandLine, { socketPath, log: path.join(dir, 'dockerd.log'), stopMs: STOP_MS })
    mounts = await mountNamespace(daemon.pid)
  } catch (error) {
    await stop()
    throw error
  }
  return { socketPath, stop, processes: async () => await processesIn(mounts) }

  async function end () {
    if (daemon !== undefined) await endProcess(daemon.pid, daemon.start, STOP_MS)
    // A dockerd that had to be killed leaves processes of containerd and its shims.
    for (const { pid, start } of await processesIn(mounts)) await endProcess(pid, start, KILL_MS)
    await rm(dir, { recursive: true, force: true })
  }
}

/**
 * @param {string} root
 * @param {(text: string) => void} say
 */
async function makeRoot (root, say) {
  say(`creating a root file system of Debian ${SUITE} with docker.io (takes a minute)`)
  const packages = ['docker.io', 'crun', 'iptables', 'ca-certificates']
  await execute('mmdebstrap', ['--variant=minbase', `--include=${packages.join(',')}`, SUITE, root], { timeout: MAKE_MS })
  return root
}

/**
 * @param {string | undefined} mounts
 * @returns {Promise<{pid: number, start: string}[]>} processes in the mount namespace
 */
async function processesIn (mounts) {
  if (mounts === undefined) return []
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0)
  const found = await Promise.all(pids.map(async (pid) => {
    const start = await processStart(pid)
    return start !== undefined && await mountNamespace(pid) === mounts ? [{ pid, start }] : []
  }))
  return found.flat()
}

/** @param {number} pid */
async function mountNamespace (pid) {
  return await readlink(`/proc/${pid}/ns/mnt`).catch(() => undefined)
}
