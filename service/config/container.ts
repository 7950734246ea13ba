import type { SettingName, Settings } from './read-settings.js'

/** Size of /dev/shm in bytes. Python's multiprocessing module stores its semaphores in this directory. */
const SHM_BYTES = 16 * 1024 * 1024

export interface Tmpfs { path: string, options: string }

type Combined = 'nprocSoft' | 'nprocHard' | 'tmpDirPath' | 'tmpDirOptions' | 'workDirPath' | 'workDirOptions'

export interface ContainerConfig extends Omit<Settings['container'], Combined> {
  processes: number
  /** If undefined, the container has no tmpfs for temporary files. */
  tmpDir: Tmpfs | undefined
  workDir: Tmpfs | undefined
  shmBytes: number
}

/** Combines related container settings and applies the defaults that depend on other settings. */
export function containerConfig (settings: Settings['container'], given: ReadonlySet<SettingName>): ContainerConfig {
  const { nprocSoft, nprocHard, tmpDirPath, tmpDirOptions, workDirPath, workDirOptions, ...rest } = settings
  const processes = given.has('DOCKER_CONTAINER_ULIMIT_NPROC_SOFT') ? nprocSoft : nprocHard
  const processesGiven = given.has('DOCKER_CONTAINER_ULIMIT_NPROC_SOFT') || given.has('DOCKER_CONTAINER_ULIMIT_NPROC_HARD')
  const nofileSoft = given.has('DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT') ? rest.nofileSoft : Math.min(rest.nofileSoft, rest.nofileHard)
  return {
    ...rest,
    nofileSoft,
    nofileHard: given.has('DOCKER_CONTAINER_ULIMIT_NOFILE_HARD') ? rest.nofileHard : Math.max(rest.nofileHard, nofileSoft),
    processes,
    processesCap: processesGiven && !given.has('DOCKER_CONTAINER_NPROC_CAP') ? processes : rest.processesCap,
    memoryCapBytes: given.has('DOCKER_CONTAINER_MEMORY') && !given.has('DOCKER_CONTAINER_MEMORY_CAP') ? rest.memoryBytes : rest.memoryCapBytes,
    tmpDir: tmpfs(tmpDirPath, tmpDirOptions),
    workDir: tmpfs(workDirPath, workDirOptions),
    shmBytes: SHM_BYTES
  }
}

/** Returns a tmpfs that every user can write to. Without the options mode, uid and gid, only root could write to it (tmpfs(5)). */
function tmpfs (path: string, options: string): Tmpfs | undefined {
  if (path === '') return undefined
  return { path, options: /(^|,)(mode|uid|gid)=/.test(options) ? options : `${options},mode=1777` }
}

/** Returns the maximum size of a tmpfs in bytes. It is infinite if only the memory of the container limits it. */
export function tmpfsBytes (tmpfs: Tmpfs | undefined): number {
  if (tmpfs === undefined) return 0
  const [, digits, unit = ''] = /(?:^|,)size=(\d+)([kmg]?)(?=,|$)/i.exec(tmpfs.options) ?? []
  if (digits === undefined) return Infinity
  return Number(digits) * ({ k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[unit.toLowerCase()] ?? 1)
}
