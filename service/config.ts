import { availableParallelism } from 'node:os'

import { readTokens, type AccessToken } from './config/tokens.js'
import { readTmpfs, tmpfsWarnings, SHM_BYTES, type Tmpfs } from './config/tmpfs.js'
import { unknownVariables } from './config/unknown-variables.js'
import {
  absolutePath, address, bool, hostname, oneOf, orOff, positiveNumber, url, VariableReader, verbatim, wholeNumber, words,
  type Environment
} from './config/variables.js'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
/** The engine refuses a container with less (Docker Engine API, HostConfig.Memory). */
const LEAST_MEMORY = 6 * 1024 * 1024
const DAY_SECONDS = 86_400

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

export interface RunConfig {
  timeMs: number
  buildTimeMs: number | undefined
  outputBytes: number
  payloadBytes: number
  codeBytes: number
  limitsResponse: 'result' | 'error'
}

export interface Config {
  listen: { address: string, port: number }
  docs: boolean
  tokens: AccessToken[]
  engine: { socketPath: string, readTimeoutMs: number, writeTimeoutMs: number }
  container: ContainerConfig
  imageAllow: string[]
  run: RunConfig
  admission: { concurrency: number, queueSize: number, queueTimeoutMs: number }
  rateLimit: { addressMax: number | undefined, tokenMax: number | undefined, windowMs: number, redisUrl: string | undefined }
  logLevel: typeof LOG_LEVELS[number]
  /** What is odd but no reason not to start, a sentence each. */
  warnings: string[]
}

/** The environment's faults, one line each: variable, what it got, what it takes. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor (readonly faults: string[]) {
    super(faults.join('\n'))
  }
}

/**
 * Reads the whole configuration from environment variables.
 * @throws ConfigError with all faults at once
 */
export function readConfig (env: Environment): Config {
  const reader = new VariableReader(env)
  const listen = {
    address: reader.read('SERVER_LISTEN_ADDR', address, '127.0.0.1'),
    port: reader.read('SERVER_LISTEN_PORT', wholeNumber(0, 65_535), 8088)
  }
  const { tokens, warnings } = readTokens(reader, isLoopback(listen.address))
  const container = readContainer(reader)
  const config: Config = {
    listen,
    docs: reader.read('SERVER_DOCS', bool, true),
    tokens,
    engine: {
      socketPath: reader.read('DOCKER_UNIX_SOCKET_PATH', absolutePath, '/var/run/docker.sock'),
      readTimeoutMs: seconds(reader, 'DOCKER_UNIX_SOCKET_READ_TIMEOUT', 3),
      writeTimeoutMs: seconds(reader, 'DOCKER_UNIX_SOCKET_WRITE_TIMEOUT', 3)
    },
    container,
    imageAllow: reader.read('DOCKER_IMAGE_ALLOW', words, ['runonce/*', 'glot/*']),
    run: readRun(reader),
    admission: {
      concurrency: reader.read('SERVER_WORKER_THREADS', wholeNumber(1, 10_000), 2 * availableParallelism()),
      queueSize: reader.read('RUN_QUEUE_SIZE', wholeNumber(0, 1_000_000), 100),
      queueTimeoutMs: seconds(reader, 'RUN_QUEUE_TIMEOUT', 10)
    },
    rateLimit: {
      addressMax: allowance(reader, 'RATE_LIMIT_IP_MAX'),
      tokenMax: allowance(reader, 'RATE_LIMIT_TOKEN_MAX'),
      windowMs: seconds(reader, 'RATE_LIMIT_WINDOW', 60),
      redisUrl: reader.optional('REDIS_URL', url('redis://', 'rediss://'))
    },
    logLevel: reader.read('LOG_LEVEL', oneOf(...LOG_LEVELS), 'info'),
    warnings: [...warnings, ...tmpfsWarnings(container)]
  }
  // glot's docker-run reads these two; our removal needs neither, so they are taken and have no effect.
  reader.optional('DOCKER_CLEANUP_WORKER_THREADS', wholeNumber(1))
  reader.optional('DOCKER_CLEANUP_UNIX_SOCKET_TIMEOUT', positiveNumber(DAY_SECONDS))
  if (reader.faults.length > 0) throw new ConfigError(reader.faults)
  config.warnings.push(...unknownVariables(env, reader.known))
  return config
}

function readContainer (reader: VariableReader): ContainerConfig {
  const memoryBytes = reader.read('DOCKER_CONTAINER_MEMORY', wholeNumber(LEAST_MEMORY, undefined, 'bytes'), 268_435_456)
  const nprocHard = reader.optional('DOCKER_CONTAINER_ULIMIT_NPROC_HARD', wholeNumber(1, 4_194_304))
  const nprocSoft = reader.optional('DOCKER_CONTAINER_ULIMIT_NPROC_SOFT', wholeNumber(1, 4_194_304))
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
    processesCap: reader.read('DOCKER_CONTAINER_NPROC_CAP', wholeNumber(1, 4_194_304),
      nprocSoft ?? nprocHard ?? 512),
    capDrop: reader.orNone('DOCKER_CONTAINER_CAP_DROP', words, ['ALL']) ?? [],
    capAdd: reader.read('DOCKER_CONTAINER_CAP_ADD', words, []),
    readonlyRootfs: reader.read('DOCKER_CONTAINER_READONLY_ROOTFS', bool, true),
    tmpDir: readTmpfs(reader, 'DOCKER_CONTAINER_TMP_DIR', '/tmp', 'rw,noexec,nosuid,size=65536k'),
    workDir: readTmpfs(reader, 'DOCKER_CONTAINER_WORK_DIR', '/work', 'rw,exec,nosuid,size=131072k'),
    shmBytes: SHM_BYTES,
    cpus: reader.read('DOCKER_CONTAINER_CPUS', positiveNumber(4096), 1),
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
  if (container.tmpDir !== undefined && container.tmpDir.path === container.workDir?.path) {
    reader.fault('DOCKER_CONTAINER_WORK_DIR_PATH', container.workDir.path, 'another path than DOCKER_CONTAINER_TMP_DIR_PATH')
  }
}

function readRun (reader: VariableReader): RunConfig {
  const buildSeconds = reader.optional('RUN_MAX_BUILD_TIME', positiveNumber(DAY_SECONDS, 'seconds'))
  return {
    timeMs: seconds(reader, 'RUN_MAX_EXECUTION_TIME', 10),
    buildTimeMs: buildSeconds === undefined ? undefined : toMs(buildSeconds),
    outputBytes: reader.read('RUN_MAX_OUTPUT_SIZE', wholeNumber(1, 1_073_741_824, 'bytes'), 1_048_576),
    payloadBytes: reader.read('RUN_MAX_PAYLOAD_SIZE', wholeNumber(1, 1_073_741_824, 'bytes'), 2_097_152),
    codeBytes: reader.read('RUN_MAX_CODE_SIZE', wholeNumber(1, 1_073_741_824, 'bytes'), 50_000),
    limitsResponse: reader.read('RUN_LIMITS_RESPONSE', oneOf('result', 'error'), 'result')
  }
}

function seconds (reader: VariableReader, name: string, fallback: number): number {
  return toMs(reader.read(name, positiveNumber(DAY_SECONDS, 'seconds'), fallback))
}

function toMs (seconds: number): number {
  return Math.max(1, Math.round(seconds * 1000))
}

function allowance (reader: VariableReader, name: string): number | undefined {
  const value = reader.read(name, orOff(wholeNumber(1)), 'off')
  return value === 'off' ? undefined : value
}

function isLoopback (listenAddress: string): boolean {
  return listenAddress === 'localhost' || listenAddress === '::1' || listenAddress.startsWith('127.')
}
