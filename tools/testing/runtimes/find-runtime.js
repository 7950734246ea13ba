import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'

import { execute } from '../../lib/child.js'
import { findCommand } from '../../lib/commands.js'
import { findTools } from '../host-tools.js'

/** @typedef {import('./runtime-engine.js').Runtime} Runtime */

const HUGETLB = '/sys/fs/cgroup/hugetlb'

/** Arguments with which runsc works without KVM and cgroups: runsc cannot use version 1 cgroups that Docker also uses. Containers have no network. */
const RUNSC_ARGUMENTS = ['--platform=ptrace', '--ignore-cgroups', '--network=none']

/**
 * Finds a runtime. Installs a missing runtime if this process has permission.
 * @param {string} name name of the runtime: runc, crun or runsc
 * @returns {Promise<{runtime?: Runtime, reason?: string}>} `runtime` is the entry for daemon.json, absent for runc, which is built into the
 *   engine; `reason` explains why the runtime cannot be tested
 */
export async function findRuntime (name) {
  if (name === 'runc') return {}
  if (name !== 'crun' && name !== 'runsc') return { reason: 'the tests support only runc, crun and runsc' }
  const reason = await findTools(name) ?? (name === 'crun' ? await mountHugetlb() : undefined)
  if (reason !== undefined) return { reason }
  return { runtime: { path: findCommand(name) ?? name, ...name === 'runsc' ? { runtimeArgs: RUNSC_ARGUMENTS } : {} } }
}

/**
 * Mounts the hugetlb controller. With version 1 cgroups, crun fails to start containers if a controller of the kernel is not mounted. The mount is
 * kept, because containers of other engines may use it.
 * @returns {Promise<string | undefined>} a message if the mount fails
 */
async function mountHugetlb () {
  if (existsSync('/sys/fs/cgroup/cgroup.controllers') || existsSync(path.join(HUGETLB, 'cgroup.procs'))) return undefined
  if (!/^hugetlb\t/m.test(await readFile('/proc/cgroups', 'utf8'))) return undefined
  try {
    await mkdir(HUGETLB, { recursive: true })
    await execute('mount', ['-t', 'cgroup', '-o', 'hugetlb', 'none', HUGETLB])
    return undefined
  } catch (error) {
    return `crun needs the hugetlb cgroup, which cannot be mounted: ${/** @type {Error} */ (error).message.trim()}`
  }
}
