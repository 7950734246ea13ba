import { availableParallelism } from 'node:os'

import { readContainer, type ContainerConfig } from './config/container.js'
import { findContradictions } from './config/contradictions.js'
import { tmpfsWarnings } from './config/tmpfs.js'
import { readTokens, type AccessToken } from './config/tokens.js'
import { unknownVariables } from './config/unknown-variables.js'
import {
  absolutePath, address, bool, oneOf, orOff, positiveNumber, url, VariableReader, wholeNumber, words, type Environment
} from './config/variables.js'

export type { AccessToken, ContainerConfig }

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const DAY_SECONDS = 86_400

export interface RunConfig {
  timeMs: number
  buildTimeMs: number | undefined
  outputBytes: number
  payloadBytes: number
  codeBytes: number
  limitsResponse: 'result' | 'error'
}

export interface PoolConfig {
  /** Image names that are kept ready from boot; undefined: those present whose label says that people call them most. */
  images: string[] | undefined
  /** Ready containers for each of these at least, and for all images together at most. */
  min: number
  max: number
  /** What idle containers may cost together. */
  memoryBytes: number
  /** After so long without a request an image has no ready containers any more. */
  idleTtlMs: number
  /** A ready container is replaced before it gets older. */
  maxAgeMs: number
}

/** Routes that can be switched off, or moved to a port of their own. */
export interface Offer {
  on: boolean
  /** undefined: the service's own. */
  port: number | undefined
}

export interface Config {
  listen: { address: string, port: number }
  docs: Offer
  metrics: Offer
  tokens: AccessToken[]
  engine: { socketPath: string, readTimeoutMs: number, writeTimeoutMs: number }
  container: ContainerConfig
  imageAllow: string[]
  run: RunConfig
  pool: PoolConfig
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
    docs: readOffer(reader, 'SERVER_DOCS'),
    metrics: readOffer(reader, 'SERVER_METRICS'),
    tokens,
    engine: {
      socketPath: reader.read('DOCKER_UNIX_SOCKET_PATH', absolutePath, '/var/run/docker.sock'),
      readTimeoutMs: seconds(reader, 'DOCKER_UNIX_SOCKET_READ_TIMEOUT', 3),
      writeTimeoutMs: seconds(reader, 'DOCKER_UNIX_SOCKET_WRITE_TIMEOUT', 3)
    },
    container,
    imageAllow: reader.read('DOCKER_IMAGE_ALLOW', words, ['runonce/*', 'glot/*']),
    run: readRun(reader),
    pool: readPool(reader),
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
  config.warnings.push(...findContradictions(reader, config))
  if (reader.faults.length > 0) throw new ConfigError(reader.faults)
  config.warnings.push(...unknownVariables(env, reader.known))
  return config
}

function readOffer (reader: VariableReader, name: string): Offer {
  return { on: reader.read(name, bool, true), port: reader.optional(`${name}_PORT`, wholeNumber(0, 65_535)) }
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

function readPool (reader: VariableReader): PoolConfig {
  const images = reader.orNone('POOL_IMAGES', words, ['auto'])
  return {
    images: images?.[0] === 'auto' ? undefined : images ?? [],
    min: reader.read('POOL_MIN', wholeNumber(0, 1000), 1),
    max: reader.read('POOL_MAX', wholeNumber(0, 1000), 16),
    memoryBytes: reader.read('POOL_MEMORY', wholeNumber(0, undefined, 'bytes'), 536_870_912),
    idleTtlMs: seconds(reader, 'POOL_IDLE_TTL', 600),
    maxAgeMs: seconds(reader, 'POOL_MAX_AGE', 3600)
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
