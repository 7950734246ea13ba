import { cp, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { makeRoot } from '../../lib/bootstrap.js'
import { cacheDir } from '../../lib/cache.js'
import { execute } from '../../lib/child.js'
import { cachedRoot, digest, makeOnce } from '../cached-root.js'

/** The kernel of sid intercepts system calls with seccomp filters, which makes the guest several times faster. The kernel of trixie uses ptrace. */
const KERNEL = { suite: 'sid', packages: ['user-mode-linux'] }
const GUEST = {
  suite: 'trixie',
  packages: [
    'systemd', 'systemd-sysv', 'dbus', 'udev', 'kmod', 'procps', 'util-linux', 'ca-certificates',
    'docker.io', 'iptables', 'nodejs', 'make', 'gcc', 'libc6-dev'
  ]
}
/** Files of the guest. */
const FILES = fileURLToPath(new URL('guest', import.meta.url))
const TESTS = 'runonce-tests.service'
const MODULES = 'usr/lib/uml/modules'
/** The file is sparse. */
const DISK_SIZE = '24G'

/** @typedef {{kernelRoot: string, disk: string}} Machine `kernelRoot`: folder of a root file system with linux.uml; `disk`: image of the guest's disk */

/**
 * Returns the kernel and the disk of the guest, which the cache folder keeps. Creates missing ones, which takes some minutes.
 * @param {(text: string) => void} say receives a message before each long step
 * @returns {Promise<Machine>}
 */
export async function ensureMachine (say) {
  const kernelRoot = await cachedRoot(KERNEL, say)
  const dir = path.join(cacheDir(), 'cgroup2')
  const disk = path.join(dir, `disk-${digest(JSON.stringify([KERNEL, GUEST]), ...await contentOf(FILES))}.img`)
  await mkdir(dir, { recursive: true })
  await makeOnce(disk, async (part) => {
    say(`creating a disk with Debian ${GUEST.suite}, systemd and docker.io`)
    await removeOldDisks(dir)
    await makeDisk(part, kernelRoot)
  })
  return { kernelRoot, disk }
}

/** @param {string} disk @param {string} kernelRoot */
async function makeDisk (disk, kernelRoot) {
  const root = `${disk}.root`
  await makeRoot(root, GUEST)
  await cp(FILES, root, { recursive: true })
  await symlink(`../${TESTS}`, path.join(root, 'etc/systemd/system/multi-user.target.wants', TESTS))
  for (const version of await readdir(path.join(kernelRoot, MODULES))) {
    await cp(path.join(kernelRoot, MODULES, version), path.join(root, 'lib/modules', version), { recursive: true })
    await execute('chroot', [root, 'depmod', version])
  }
  await execute('mke2fs', ['-q', '-t', 'ext4', '-O', '^has_journal', '-d', root, disk, DISK_SIZE])
  await rm(root, { recursive: true })
}

/** Removes disks of other versions, and what an interrupted call left. @param {string} dir */
async function removeOldDisks (dir) {
  for (const name of await readdir(dir)) await rm(path.join(dir, name), { recursive: true, force: true })
}

/** @param {string} folder */
async function contentOf (folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name)).sort()
  return await Promise.all(files.map(async (file) => await readFile(file)))
}
