import { posix } from 'node:path'

import { readTmpfs, SHM_BYTES, type Tmpfs } from './tmpfs.js'
import { bool, hostname, numberFrom, verbatim, wholeNumber, words, type VariableReader } from './variables.js'

/** The engine refuses a container with less (Docker Engine API, HostConfig.Memory). */
const LEAST_MEMORY = 6 * 1024 * 1024
/** And one with less of these (HostConfig.NanoCpus). */
const LEAST_CPUS = 0.01
const MOST_PROCESSES = 4_194_304

export interface ContainerConfig {
  hostname: string
  /** undefined: the image's own, or 65534 where that is root. */
  user: string | undefined
  memoryBytes: number
  memoryCapBytes: number
  networkDisabled: boolean
  nofileSoft: number
  nofileHard: number
  processes: number
  processesCap: number
  capDrop: string[]
  capAdd: string[]
  readonlyRootfs: boolean
  tmpDir: Tmpfs | undefined
  workDir: Tmpfs | undefined
  shmBytes: number
  cpus: number
  cpuShares: number
  /** undefined: the engine's default runtime. */
  runtime: string | undefined
  keep: boolean
}

/** What holds a container, from the `DOCKER_CONTAINER_…` variables and `DEBUG_KEEP_CONTAINER`. Faults go to the reader. */
export function readContainer (reader: VariableReader): ContainerConfig {
  const memoryBytes = reader.read('DOCKER_CONTAINER_MEMORY', wholeNumber(LEAST_MEMORY, undefined, 'bytes'), 268_435_456)
  const nprocHard = reader.optional('DOCKER_CONTAINER_ULIMIT_NPROC_HARD', wholeNumber(1, MOST_PROCESSES))
  const nprocSoft = reader.optional('DOCKER_CONTAINER_ULIMIT_NPROC_SOFT', wholeNumber(1, MOST_PROCESSES))
  const processes = nprocSoft ?? nprocHard ?? 128
  const nofileHard = reader.optional('DOCKER_CONTAINER_ULIMIT_NOFILE_HARD', wholeNumber(16, 1_048_576))
  const nofileSoft = reader.read('DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT', wholeNumber(16, 1_048_576), Math.min(1024, nofileHard ?? 1024))
  const container: ContainerConfig = {
    hostname: reader.read('DOCKER_CONTAINER_HOSTNAME', hostname, 'runonce'),
    user: reader.optional('DOCKER_CONTAINER_USER', verbatim),
    memoryBytes,
    memoryCapBytes: reader.read('DOCKER_CONTAINER_MEMORY_CAP', wholeNumber(LEAST_MEMORY, undefined, 'bytes'),
      reader.isSet('DOCKER_CONTAINER_MEMORY') ? memoryBytes : Math.max(memoryBytes, 1_073_741_824)),
    networkDisabled: reader.read('DOCKER_CONTAINER_NETWORK_DISABLED', bool, true),
    nofileSoft,
    nofileHard: nofileHard ?? Math.max(1024, nofileSoft),
    processes,
    processesCap: reader.read('DOCKER_CONTAINER_NPROC_CAP', wholeNumber(1, MOST_PROCESSES),
      nprocSoft ?? nprocHard ?? 512),
    capDrop: reader.orNone('DOCKER_CONTAINER_CAP_DROP', words, ['ALL']) ?? [],
    capAdd: reader.read('DOCKER_CONTAINER_CAP_ADD', words, []),
    readonlyRootfs: reader.read('DOCKER_CONTAINER_READONLY_ROOTFS', bool, true),
    tmpDir: readTmpfs(reader, 'DOCKER_CONTAINER_TMP_DIR', '/tmp', 'rw,noexec,nosuid,size=65536k'),
    workDir: readTmpfs(reader, 'DOCKER_CONTAINER_WORK_DIR', '/work', 'rw,exec,nosuid,size=131072k'),
    shmBytes: SHM_BYTES,
    cpus: reader.read('DOCKER_CONTAINER_CPUS', numberFrom(LEAST_CPUS, 4096), 1),
    cpuShares: reader.read('DOCKER_CONTAINER_CPU_SHARES', wholeNumber(2, 262_144), 256),
    runtime: reader.optional('DOCKER_CONTAINER_RUNTIME', verbatim),
    keep: reader.read('DEBUG_KEEP_CONTAINER', bool, false)
  }
  checkPairs(reader, container, nprocSoft, nprocHard)
  return container
}

function checkPairs (reader: VariableReader, container: ContainerConfig, nprocSoft?: number, nprocHard?: number): void {
  if (container.nofileSoft > container.nofileHard) {
    reader.fault('DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT', String(container.nofileSoft), `at most the hard limit, ${container.nofileHard}`)
  }
  if (nprocSoft !== undefined && nprocHard !== undefined && nprocSoft > nprocHard) {
    reader.fault('DOCKER_CONTAINER_ULIMIT_NPROC_SOFT', String(nprocSoft), `at most the hard limit, ${nprocHard}`)
  }
  if (container.memoryCapBytes < container.memoryBytes) {
    reader.fault('DOCKER_CONTAINER_MEMORY_CAP', String(container.memoryCapBytes), `at least DOCKER_CONTAINER_MEMORY, ${container.memoryBytes}`)
  }
  if (container.processesCap < container.processes) {
    reader.fault('DOCKER_CONTAINER_NPROC_CAP', String(container.processesCap), `at least DOCKER_CONTAINER_ULIMIT_NPROC_SOFT, ${container.processes}`)
  }
  const [tmpPath, workPath] = [container.tmpDir, container.workDir].map((tmpfs) => tmpfs && posix.join(tmpfs.path, '/'))
  if (tmpPath === '/') reader.fault('DOCKER_CONTAINER_TMP_DIR_PATH', container.tmpDir?.path, 'a folder below the root')
  if (workPath === '/') reader.fault('DOCKER_CONTAINER_WORK_DIR_PATH', container.workDir?.path, 'a folder below the root')
  if (workPath !== undefined && tmpPath === workPath) {
    reader.fault('DOCKER_CONTAINER_WORK_DIR_PATH', container.workDir?.path, 'another path than DOCKER_CONTAINER_TMP_DIR_PATH')
  }
}
