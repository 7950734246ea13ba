import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'

import { execute } from '../../lib/child.js'
import { findCommand } from '../../lib/commands.js'
import { findTools } from '../host-tools.js'

/** @typedef {import('./runtime-engine.js').Runtime} Runtime */

const HUGETLB = '/sys/fs/cgroup/hugetlb'

/** runsc works without KVM, and without cgroups: beside Docker it cannot use those of version 1. Programs have no network in any runtime. */
const RUNSC_ARGUMENTS = ['--platform=ptrace', '--ignore-cgroups', '--network=none']

/**
 * Finds a runtime. Installs a missing one if this process can.
 * @param {string} name runc, crun or runsc
 * @returns {Promise<{runtime?: Runtime, reason?: string}>} runtime: its entry in daemon.json; none for runc, which the engine has itself;
 *   reason: why it cannot be tested
 */
export async function findRuntime (name) {
  if (name === 'runc') return {}
  if (name !== 'crun' && name !== 'runsc') return { reason: 'the tests have expectations for runc, crun and runsc only' }
  const reason = await findTools(name) ?? (name === 'crun' ? await mountHugetlb() : undefined)
  if (reason !== undefined) return { reason }
  return { runtime: { path: findCommand(name) ?? name, ...name === 'runsc' ? { runtimeArgs: RUNSC_ARGUMENTS } : {} } }
}

/**
 * Mounts the hugetlb controller: with cgroups of version 1, crun starts no container while a controller of the kernel is not mounted. It stays
 * mounted, because other engines' containers may use it by then.
 * @returns {Promise<string | undefined>} a message when it cannot be mounted
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
