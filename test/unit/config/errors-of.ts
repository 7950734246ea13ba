import { ConfigError, readConfig, type Environment } from '../../../service/config/config.js'

/** The errors that the settings have; none where they are accepted. */
export function errorsOf (env: Environment): string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.errors
    throw error
  }
}
