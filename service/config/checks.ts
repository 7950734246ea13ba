import { posix } from 'node:path'

import { tmpfsBytes, type ContainerConfig } from './container.js'
import type { ErrorList, SettingName, Settings } from './read-settings.js'

/** Minimum memory in bytes that a program needs when the tmpfs mounts are full. */
const MEMORY_LEFT_FREE = 32 * 1024 * 1024

/** Settings that have no effect without Redis. */
const JOB_SETTINGS = ['JOBS_KEY', 'WEBHOOK_ALLOW', 'WEBHOOK_SECRET'] as const

interface Read {
  settings: Settings
  container: ContainerConfig
  given: ReadonlySet<SettingName>
}

/** Reports settings that are valid individually but contradict each other. */
export function checkSettings ({ settings, container, given }: Read, errors: ErrorList): void {
  checkPool(settings.pool, errors)
  checkPort('SERVER_METRICS', settings.metrics, settings.listen.port, errors)
  checkPort('SERVER_DOCS', settings.docs, settings.listen.port, errors)
  checkLimits(container, errors)
  checkProcessLimits(settings.container, given, errors)
  checkCapabilities(container, errors)
  checkFolders(container, errors)
  checkJobs(settings, errors)
}

/** Returns one warning for each setting that has no effect or causes problems because of other settings. */
export function settingsWarnings ({ settings, container, given }: Read): string[] {
  const { run, redis } = settings
  const warnings = tmpfsWarnings(container)
  if (run.buildTimeMs !== undefined && run.buildTimeMs > run.timeMs) {
    warnings.push(`RUN_MAX_BUILD_TIME: ${run.buildTimeMs / 1000} s has no effect: RUN_MAX_EXECUTION_TIME (${run.timeMs / 1000} s) covers build and run together`)
  }
  if (given.has('RUN_MAX_CODE_SIZE') && run.codeBytes > run.payloadBytes) {
    warnings.push(`RUN_MAX_CODE_SIZE: ${run.codeBytes} bytes has no effect: RUN_MAX_PAYLOAD_SIZE (${run.payloadBytes} bytes) limits the whole body`)
  }
  for (const name of JOB_SETTINGS) if (redis.url === undefined && given.has(name)) warnings.push(`${name}: has no effect: REDIS_URL is not set`)
  return warnings
}

function checkPool ({ min, max }: Settings['pool'], errors: ErrorList): void {
  // POOL_MAX=0 disables the pool regardless of POOL_MIN.
  if (max > 0 && min > max) errors.invalid('POOL_MIN', min, `be at most POOL_MAX (${max})`)
}

function checkJobs ({ jobs, redis, webhooks }: Settings, errors: ErrorList): void {
  if (jobs.mode === 'worker' && redis.url === undefined) errors.invalid('SERVER_MODE', jobs.mode, 'not be worker while REDIS_URL is not set')
  if (jobs.mode === 'worker' && jobs.workers === 0) errors.invalid('JOBS_WORKERS', 0, 'be at least 1 while SERVER_MODE is worker')
  if (webhooks.allow.length > 0 && webhooks.secrets.length === 0) errors.invalid('WEBHOOK_ALLOW', webhooks.allow.join(' '), 'be empty while WEBHOOK_SECRET is not set')
}

function checkPort (name: 'SERVER_METRICS' | 'SERVER_DOCS', { on, port }: Settings['docs'], listenPort: number, errors: ErrorList): void {
  if (port === undefined) return
  if (!on) errors.invalid(`${name}_PORT`, port, `not be set while ${name} is false`)
  else if (port === listenPort && port !== 0) errors.invalid(`${name}_PORT`, port, `differ from SERVER_LISTEN_PORT (${listenPort})`)
}

function checkLimits ({ nofileSoft, nofileHard, memoryBytes, memoryCapBytes, processes, processesCap }: ContainerConfig, errors: ErrorList): void {
  if (nofileSoft > nofileHard) {
    errors.invalid('DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT', nofileSoft, `be at most DOCKER_CONTAINER_ULIMIT_NOFILE_HARD (${nofileHard})`)
  }
  if (memoryCapBytes < memoryBytes) {
    errors.invalid('DOCKER_CONTAINER_MEMORY_CAP', memoryCapBytes, `be at least DOCKER_CONTAINER_MEMORY (${memoryBytes})`)
  }
  if (processesCap < processes) {
    errors.invalid('DOCKER_CONTAINER_NPROC_CAP', processesCap, `be at least DOCKER_CONTAINER_ULIMIT_NPROC_SOFT (${processes})`)
  }
}

function checkProcessLimits ({ nprocSoft, nprocHard }: Settings['container'], given: Read['given'], errors: ErrorList): void {
  const bothGiven = given.has('DOCKER_CONTAINER_ULIMIT_NPROC_SOFT') && given.has('DOCKER_CONTAINER_ULIMIT_NPROC_HARD')
  if (bothGiven && nprocSoft > nprocHard) {
    errors.invalid('DOCKER_CONTAINER_ULIMIT_NPROC_SOFT', nprocSoft, `be at most DOCKER_CONTAINER_ULIMIT_NPROC_HARD (${nprocHard})`)
  }
}

function checkCapabilities ({ capDrop, capAdd }: ContainerConfig, errors: ErrorList): void {
  const dropped = new Set(capDrop.map(plainName))
  const both = capAdd.find((name) => dropped.has(plainName(name)))
  if (both !== undefined) errors.invalid('DOCKER_CONTAINER_CAP_ADD', both, 'not be listed in DOCKER_CONTAINER_CAP_DROP as well')
}

/** Returns the normalized name of a capability. Docker Engine accepts both CAP_NET_RAW and net_raw. */
function plainName (capability: string): string {
  return capability.toUpperCase().replace(/^CAP_/, '')
}

function checkFolders ({ tmpDir, workDir }: ContainerConfig, errors: ErrorList): void {
  const [tmpPath, workPath] = [tmpDir, workDir].map((tmpfs) => tmpfs && posix.join(tmpfs.path, '/'))
  if (tmpDir && tmpPath === '/') errors.invalid('DOCKER_CONTAINER_TMP_DIR_PATH', tmpDir.path, 'be a folder below /')
  if (workDir && workPath === '/') errors.invalid('DOCKER_CONTAINER_WORK_DIR_PATH', workDir.path, 'be a folder below /')
  if (workDir && workPath === tmpPath) errors.invalid('DOCKER_CONTAINER_WORK_DIR_PATH', workDir.path, 'differ from DOCKER_CONTAINER_TMP_DIR_PATH')
}

function tmpfsWarnings ({ memoryBytes, shmBytes, tmpDir, workDir }: ContainerConfig): string[] {
  const total = shmBytes + tmpfsBytes(tmpDir) + tmpfsBytes(workDir)
  if (total + MEMORY_LEFT_FREE <= memoryBytes) return []
  return [`DOCKER_CONTAINER_MEMORY: the two tmpfs and /dev/shm can use ${Number.isFinite(total) ? total : 'all'} of its ${memoryBytes} bytes: ` +
    `leave at least ${MEMORY_LEFT_FREE} bytes free, or a program that fills them is killed as out of memory`]
}
