import { checkSettings, settingsWarnings } from './checks.js'
import { containerConfig, type ContainerConfig } from './container.js'
import { carriageReturnWarnings } from './env-file.js'
import { ignoredVariables, otherEngine } from './ignored-variables.js'
import { ErrorList, readSettings, type Environment, type Settings } from './read-settings.js'
import { DEFAULT_IMAGE_ALLOW } from './settings.js'
import { readTokens, type AccessToken } from './tokens.js'

export { tokenProblems } from './tokens.js'
export type { AccessToken, ContainerConfig, Environment }

export type RunConfig = Settings['run']

export interface PoolConfig extends Omit<Settings['pool'], 'images'> {
  /** If undefined, the pool uses the images on the machine whose label marks them as popular. */
  images: string[] | undefined
}

export interface NamedImage {
  variable: 'DOCKER_IMAGE_ALLOW' | 'POOL_IMAGES'
  /** A pattern from DOCKER_IMAGE_ALLOW, or an image name from POOL_IMAGES. */
  name: string
}

/** The setting values by the keys of the settings table. Settings that are related are combined into separate members. */
export interface Config extends Omit<Settings, 'access' | 'container' | 'pool'> {
  /** The tokens from environment variables. */
  tokens: AccessToken[]
  /** The file with further tokens. */
  tokensFile: string | undefined
  container: ContainerConfig
  pool: PoolConfig
  /** The image names and patterns that the operator configured. The engine should have at least one image for each of them. */
  namedImages: NamedImage[]
  /** Problems that an operator should correct but that do not prevent the service from starting, one sentence each. */
  warnings: string[]
}

/** Contains all errors in the environment variables. Each line names the variable, its value and the accepted values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor (readonly errors: string[]) {
    super(errors.join('\n'))
  }
}

/**
 * Reads the whole configuration from environment variables.
 * @throws ConfigError with all errors at once
 */
export function readConfig (env: Environment): Config {
  const errors = new ErrorList()
  const { settings, given } = readSettings(env, errors)
  const { access, pool, ...rest } = settings
  const { tokens, warnings } = readTokens(access, isLoopback(rest.listen.address), errors)
  const container = containerConfig(settings.container, given)
  checkSettings({ settings, container, given }, errors)
  if (errors.lines.length > 0) throw new ConfigError(errors.lines)
  const poolImages = pool.images[0] === 'auto' ? undefined : pool.images
  return {
    ...rest,
    tokens,
    tokensFile: access.file,
    container,
    pool: { ...pool, images: poolImages },
    namedImages: namedImages(rest.images.allow, poolImages ?? []),
    warnings: [
      ...warnings,
      ...settingsWarnings({ settings, container, given }),
      ...carriageReturnWarnings(env, given),
      ...ignoredVariables(env, given),
      ...otherEngine(env, rest.engine.socketPath)
    ]
  }
}

/** Omits the default patterns, because most engines do not have an image for each of them. */
function namedImages (patterns: string[], names: string[]): NamedImage[] {
  return [
    ...patterns.join() === DEFAULT_IMAGE_ALLOW ? [] : patterns.map((name) => ({ variable: 'DOCKER_IMAGE_ALLOW' as const, name })),
    ...names.map((name) => ({ variable: 'POOL_IMAGES' as const, name }))
  ]
}

/** Returns whether only programs on the same machine can connect. */
export function isLoopback (listenAddress: string): boolean {
  return listenAddress === 'localhost' || listenAddress === '::1' || listenAddress.startsWith('127.')
}
