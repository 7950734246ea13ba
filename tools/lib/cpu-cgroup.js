import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rmdir } from 'node:fs/promises'
import path from 'node:path'

const CGROUPS = '/sys/fs/cgroup'
const IN_CGROUP = 'echo $$ > "$0/cgroup.procs" && exec "$@"'

/**
 * A cgroup that counts the CPU time of processes, including those that have ended.
 * @see cgroups(7); Documentation/admin-guide/cgroup-v1/cpuacct.rst; cgroup-v2.rst, "CPU Interface Files"
 */
export class CpuCgroup {
  #folder
  #unified

  /** @param {string} name */
  constructor (name) {
    this.#unified = existsSync(path.join(CGROUPS, 'cgroup.controllers'))
    this.#folder = path.join(CGROUPS, this.#unified ? '' : 'cpuacct', name)
  }

  /** @param {string} name @throws Error if this process has no permission */
  static async create (name) {
    const cgroup = new CpuCgroup(name)
    await mkdir(cgroup.#folder)
    return cgroup
  }

  /** The beginning of a command line that runs the rest in this cgroup. */
  get wrapper () {
    return ['sh', '-c', IN_CGROUP, this.#folder]
  }

  /** Returns the CPU time in milliseconds. */
  usageMs () {
    const text = readFileSync(path.join(this.#folder, this.#unified ? 'cpu.stat' : 'cpuacct.usage'), 'utf8')
    return this.#unified ? Number(/^usage_usec (\d+)$/m.exec(text)?.[1]) / 1e3 : Number(text) / 1e6
  }

  async remove () {
    await rmdir(this.#folder)
  }
}
