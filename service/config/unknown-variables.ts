import { closest } from 'fastest-levenshtein'

import type { Environment } from './variables.js'

const PREFIXES = ['SERVER_', 'API_', 'DOCKER_CONTAINER_', 'DOCKER_UNIX_', 'DOCKER_IMAGE_', 'DOCKER_CLEANUP_', 'DEBUG_KEEP', 'RUN_', 'RATE_LIMIT_', 'POOL_', 'LOG_LEVEL']

/** One warning for each variable that has a prefix of ours and means nothing to us, with the nearest known name. */
export function unknownVariables (env: Environment, known: Set<string>): string[] {
  return Object.keys(env)
    .filter((name) => !known.has(name) && PREFIXES.some((prefix) => name.startsWith(prefix)))
    .map((name) => `${name}: not known, so it has no effect; the nearest name is ${closest(name, [...known])}`)
}
