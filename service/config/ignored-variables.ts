import { closest } from 'fastest-levenshtein'

import type { Environment } from './read-settings.js'
import { SETTINGS } from './settings.js'

/** An unknown variable with one of these prefixes is probably misspelled. Other `DOCKER_…`, `LOG_…` and `REDIS_…` variables belong to other programs. */
const PREFIXES = ['SERVER_', 'API_', 'DOCKER_CONTAINER_', 'DOCKER_UNIX_', 'DOCKER_IMAGE_', 'DOCKER_CLEANUP_', 'DEBUG_KEEP', 'RUN_', 'RATE_LIMIT_', 'POOL_', 'LOG_LEVEL']

/** One warning for each variable that seems to be meant for this service but is unknown. */
export function ignoredVariables (env: Environment): string[] {
  const known = SETTINGS.map((row): string => row.name)
  const unknown = Object.keys(env).filter((name) => !known.includes(name) && PREFIXES.some((prefix) => name.startsWith(prefix)))
  return unknown.map((name) => `${name}: unknown variable, ignored; the most similar known name is ${closest(name, known)}`)
}
