import { mkdir, mkdtemp, readdir, readlink, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { startDaemon } from '../engine/daemon.js'
import { execute } from '../lib/child.js'
import { endProcess, processStart } from '../lib/process-table.js'

const SUITE = 'trixie'
const MAKE_MS = 15 * 60_000
const STOP_MS = 60_000
const KILL_MS = 100
/** A folder on a disk: overlay2 does not work on every tmpfs, and the images would fill one. */
const PARENT = '/var/tmp'
const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
/** The path in its root. */
const SOCKET = '/run/engine/docker.sock'
/**
 * Prepares dockerd's root ($1): mounts the folder with its socket and data ($2) and this checkout ($3), files of which the tests mount. The mounts are in
 * their own namespace: they end with its last process, and removing the root cannot reach them. pivot_root(2) makes the root the
 * namespace's own; with chroot(2) alone, `docker exec` would see the host's root and processes, and clone(2) could make no user namespace.
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

/**
 * Starts another Docker engine beside the host's: Debian's, in its own root file system and mount namespace, without bridge and packet filter,
 * so that it does not disturb the first one. It ends with this process, however that ends.
 * @param {object} options
 * @param {(text: string) => void} options.say gets a message before each long step
 * @param {string | undefined} options.root one that mmdebstrap made before, which is kept; by default a new one is made
 * @returns {Promise<{socketPath: string, stop(): Promise<void>}>} stop leaves nothing of it, and is safe to call twice
 * @throws Error with the last lines of its log when it does not start
 */
export async function startSecondEngine ({ say, root }) {
  const dir = await mkdtemp(path.join(PARENT, 'runonce-engine-'))
  const socketPath = path.join(dir, 'socket/docker.sock')
  /** @type {import('../engine/daemon.js').Daemon | undefined} */
  let daemon
  /** @type {string | undefined} */
  let mounts
  /** @type {Promise<void> | undefined} */
  let stopped
  const stop = () => (stopped ??= end())
  try {
    const itsRoot = root ?? await makeRoot(path.join(dir, 'root'), say)
    for (const name of ['data', 'socket']) await mkdir(path.join(dir, name), { mode: 0o710 })
    const commandLine = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', START, 'sh', itsRoot, dir, CHECKOUT]
    daemon = await startDaemon(commandLine, { socketPath, log: path.join(dir, 'dockerd.log'), stopMs: STOP_MS })
    mounts = await mountNamespace(daemon.pid)
  } catch (error) {
    await stop()
    throw error
  }
  return { socketPath, stop }

  async function end () {
    if (daemon !== undefined) await endProcess(daemon.pid, daemon.start, STOP_MS)
    // A dockerd that had to be killed leaves containerd and its shims.
    for (const { pid, start } of await processesIn(mounts)) await endProcess(pid, start, KILL_MS)
    await rm(dir, { recursive: true, force: true })
  }
}

/**
 * @param {string} root
 * @param {(text: string) => void} say
 */
async function makeRoot (root, say) {
  say(`making a root file system of Debian ${SUITE} with docker.io (takes a minute)`)
  const packages = ['docker.io', 'iptables', 'ca-certificates']
  await execute('mmdebstrap', ['--variant=minbase', `--include=${packages.join(',')}`, SUITE, root], { timeout: MAKE_MS })
  return root
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
    return start !== undefined && await mountNamespace(pid) === mounts ? [{ pid, start }] : []
  }))
  return found.flat()
}

/** @param {number} pid */
async function mountNamespace (pid) {
  return await readlink(`/proc/${pid}/ns/mnt`).catch(() => undefined)
}
