import { ConfigError } from '../config/config.js'
import * as compat from './compat/index.js'
import type { CompatApi } from './compat/compat-api.js'

const ALL = 'all'
const APIS: CompatApi[] = Object.values(compat)

/**
 * Returns the APIs that `COMPAT_APIS` enables.
 * @throws ConfigError if a name is unknown
 */
export function enabledApis (names: string[]): CompatApi[] {
  const known = [ALL, ...APIS.map(({ name }) => name)]
  const errors = names.filter((name) => !known.includes(name))
    .map((name) => `COMPAT_APIS: invalid value ${JSON.stringify(name)}: must be one of ${known.join(', ')}`)
  if (errors.length > 0) throw new ConfigError(errors)
  return names.includes(ALL) ? APIS : APIS.filter(({ name }) => names.includes(name))
}
