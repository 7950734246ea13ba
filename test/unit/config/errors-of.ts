import { ConfigError, readConfig, type Environment } from '../../../service/config/config.js'

/** Returns the errors of the settings; empty if the settings are valid. */
export function errorsOf (env: Environment): string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.errors
    throw error
  }
}
