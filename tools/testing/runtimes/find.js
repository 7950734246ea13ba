import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** @typedef {import('./engine.js').Runtime} Runtime */

const HUGETLB = '/sys/fs/cgroup/hugetlb'

/** runsc: without KVM, and without cgroups, which it can't handle of version 1 beside Docker's. A program has no network in any runtime. */
const ARGUMENTS = ['--platform=ptrace', '--ignore-cgroups', '--network=none']

/**
 * Finds a runtime, as root on Debian and Ubuntu by installing it.
 * @param {string} name runc, crun or runsc
 * @returns {{runtime?: Runtime, reason?: string}} runtime: what the engine is told of it (nothing of runc, its own); reason: why there is none
 */
export function findRuntime (name) {
  if (name === 'runc') return {}
  if (name !== 'crun' && name !== 'runsc') return { reason: 'only runc, crun and runsc have expectations' }
  const found = which(name) ?? install(name)
  if (found === undefined) return { reason: `there is no ${name} on PATH, and apt-get has none` }
  if (name === 'runsc') return { runtime: { path: found, runtimeArgs: ARGUMENTS } }
  const missing = mountHugetlb()
  return missing === undefined ? { runtime: { path: found } } : { reason: missing }
}

/** @param {string} name */
function which (name) {
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin'].map((dir) => path.join(dir, name)).find((file) => existsSync(file))
}

/** @param {string} name */
function install (name) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined
  process.stdout.write(`== ${name}: apt-get install ${name}\n`)
  try {
    const options = /** @type {const} */ ({ stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    execFileSync('apt-get', ['update', '-qq'], options)
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], options)
  } catch (error) {
    process.stdout.write(`${/** @type {Error} */ (error).message}\n`)
  }
  return which(name)
}

/**
 * crun starts no container on cgroups of version 1 while a controller that the kernel has is not mounted. It stays mounted: containers of
 * other engines may be in it by then.
 * @returns {string | undefined} why it can't be mounted
 */
function mountHugetlb () {
  if (existsSync('/sys/fs/cgroup/cgroup.controllers') || existsSync(path.join(HUGETLB, 'cgroup.procs'))) return undefined
  if (!/^hugetlb\t/m.test(readFileSync('/proc/cgroups', 'utf8'))) return undefined
  try {
    mkdirSync(HUGETLB, { recursive: true })
    execFileSync('mount', ['-t', 'cgroup', '-o', 'hugetlb', 'none', HUGETLB], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    return `crun needs the hugetlb cgroup, which can't be mounted: ${/** @type {Error} */ (error).message.trim()}`
  }
}
