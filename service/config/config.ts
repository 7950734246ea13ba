import { checkSettings, settingsWarnings } from './checks.js'
import { containerConfig, type ContainerConfig } from './container.js'
import { carriageReturnWarnings } from './env-file.js'
import { ignoredVariables, otherEngine } from './ignored-variables.js'
import { ErrorList, readSettings, type Environment, type Settings } from './read-settings.js'
import { DEFAULT_IMAGE_ALLOW } from './settings.js'
import { readTokens, type AccessToken } from './tokens.js'

export type { AccessToken, ContainerConfig, Environment }

export type RunConfig = Settings['run']

export interface PoolConfig extends Omit<Settings['pool'], 'images'> {
  /** undefined: the images on the machine whose label marks them as popular. */
  images: string[] | undefined
}

export interface NamedImage {
  variable: 'DOCKER_IMAGE_ALLOW' | 'POOL_IMAGES'
  /** A pattern of DOCKER_IMAGE_ALLOW, or a name of POOL_IMAGES. */
  name: string
}

/** The values of the settings table by their keys, with members of their own where several settings belong together. */
export interface Config extends Omit<Settings, 'access' | 'container' | 'pool'> {
  tokens: AccessToken[]
  container: ContainerConfig
  pool: PoolConfig
  /** The images and patterns that the operator wrote: the engine should have an image for each. */
  namedImages: NamedImage[]
  /** What an operator should correct although the service starts. One sentence each. */
  warnings: string[]
}

/** All errors of the environment, one line each: the variable, its value, and what the value must be. */
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

/** The default patterns are left out: few engines have images for each. */
function namedImages (patterns: string[], names: string[]): NamedImage[] {
  return [
    ...patterns.join() === DEFAULT_IMAGE_ALLOW ? [] : patterns.map((name) => ({ variable: 'DOCKER_IMAGE_ALLOW' as const, name })),
    ...names.map((name) => ({ variable: 'POOL_IMAGES' as const, name }))
  ]
}

function isLoopback (listenAddress: string): boolean {
  return listenAddress === 'localhost' || listenAddress === '::1' || listenAddress.startsWith('127.')
}
