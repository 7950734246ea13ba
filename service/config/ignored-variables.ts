import { closest } from 'fastest-levenshtein'

import type { Environment, SettingName } from './read-settings.js'
import { SETTINGS } from './settings.js'

/**
 * Prefixes of variables that are probably misspelled if they are unknown. Other programs use other `DOCKER_…`, `LOG_…` and `REDIS_…`
 * variables.
 */
const PREFIXES = ['SERVER_', 'API_', 'DOCKER_CONTAINER_', 'DOCKER_UNIX_', 'DOCKER_IMAGE_', 'DOCKER_CLEANUP_', 'DEBUG_KEEP', 'RUN_', 'RATE_LIMIT_', 'POOL_', 'LOG_LEVEL', 'TRUST_PROX', 'JOBS_', 'WEBHOOK_']

/** Returns one warning for each variable that appears to be intended for this service but has no effect. */
export function ignoredVariables (env: Environment, given: ReadonlySet<SettingName>): string[] {
  const known = SETTINGS.map((row): string => row.name)
  const withoutEffect = SETTINGS.filter((row) => !('key' in row) && given.has(row.name))
  const unknown = Object.keys(env).filter((name) => !known.includes(name) && PREFIXES.some((prefix) => name.startsWith(prefix)))
  return [
    ...withoutEffect.map(({ name }) => `${name}: has no effect; only glot docker-run uses it`),
    ...unknown.map((name) => `${name}: unknown variable, ignored; the most similar known name is ${closest(name, known)}`)
  ]
}

/** Returns a warning if DOCKER_HOST, which other Docker clients read, specifies a different engine than the service uses. */
export function otherEngine ({ DOCKER_HOST: host }: Environment, socketPath: string): string[] {
  if (host === undefined || host === '' || host === `unix://${socketPath}`) return []
  return [`DOCKER_HOST: has no effect: the service uses the socket at DOCKER_UNIX_SOCKET_PATH (${socketPath})`]
}
