import type { Config } from '../config.js'
import type { VariableReader } from './variables.js'

type Read = Omit<Config, 'warnings'>

/** Settings that each may have and no two together. Faults go to the reader. @returns what has no effect, a sentence each */
export function findContradictions (reader: VariableReader, config: Read): string[] {
  checkPool(reader, config.pool)
  checkCapabilities(reader, config.container)
  checkPorts(reader, config)
  return ineffective(reader, config)
}

function checkPool (reader: VariableReader, { min, max }: Read['pool']): void {
  // A pool that is off keeps nothing, whatever the least.
  if (max > 0 && min > max) reader.fault('POOL_MIN', String(min), `at most POOL_MAX, ${max}`)
}

function checkCapabilities (reader: VariableReader, { capDrop, capAdd }: Read['container']): void {
  const dropped = new Set(capDrop.map(plainName))
  const both = capAdd.find((name) => dropped.has(plainName(name)))
  if (both !== undefined) reader.fault('DOCKER_CONTAINER_CAP_ADD', both, 'capabilities that DOCKER_CONTAINER_CAP_DROP does not name')
}

/** The engine takes both `CAP_NET_RAW` and `net_raw`. */
export function plainName (capability: string): string {
  return capability.toUpperCase().replace(/^CAP_/, '')
}

function checkPorts (reader: VariableReader, { listen, metrics, docs }: Read): void {
  for (const [name, { on, port }] of [['SERVER_METRICS', metrics], ['SERVER_DOCS', docs]] as const) {
    if (port === undefined) continue
    if (!on) reader.fault(`${name}_PORT`, String(port), `nothing while ${name} is false`)
    else if (port === listen.port && port !== 0) reader.fault(`${name}_PORT`, String(port), 'another port than SERVER_LISTEN_PORT')
  }
}

function ineffective (reader: VariableReader, { run, rateLimit }: Read): string[] {
  const warnings = []
  if (run.buildTimeMs !== undefined && run.buildTimeMs > run.timeMs) {
    warnings.push(`RUN_MAX_BUILD_TIME: ${run.buildTimeMs / 1000} s have no effect: RUN_MAX_EXECUTION_TIME, ${run.timeMs / 1000} s, is for build and run together`)
  }
  if (reader.isSet('RUN_MAX_CODE_SIZE') && run.codeBytes > run.payloadBytes) {
    warnings.push(`RUN_MAX_CODE_SIZE: ${run.codeBytes} bytes have no effect: a body may have RUN_MAX_PAYLOAD_SIZE, ${run.payloadBytes}`)
  }
  if (rateLimit.redisUrl !== undefined && rateLimit.addressMax === undefined && rateLimit.tokenMax === undefined) {
    warnings.push('REDIS_URL: has no effect: neither RATE_LIMIT_IP_MAX nor RATE_LIMIT_TOKEN_MAX is set')
  }
  return warnings
}
