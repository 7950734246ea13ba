import { VALUE_TYPES, type Limits, type TypeName } from './value-types.js'

/** The headings of docs/configuration.md, in their order on the page. */
export const GROUPS = {
  server: 'Server',
  access: 'Access tokens',
  engine: 'Docker Engine',
  container: 'Containers',
  run: 'Runs and queue',
  redis: 'Redis',
  jobs: 'Jobs and webhooks',
  rate: 'Rate limits',
  pool: 'Ready containers',
  log: 'Logging and debugging',
  legacy: 'Without effect'
}

/** One environment variable. */
export interface Setting extends Limits {
  name: string
  group: keyof typeof GROUPS
  /** The location of the value in the configuration: `run.timeMs` becomes `config.run.timeMs`. A setting without a key has no effect. */
  key?: `${string}.${string}`
  type: TypeName
  /** Applies if the variable is absent or empty; has the same format as the variable. Without a default, the value is undefined. */
  default?: string | number | boolean
  /** Describes a default that depends on the machine, the image or other settings. */
  defaultText?: string
  /** The value in the commented-out line in config/default.env, for a setting without a fixed default. */
  example?: string | number
  unit?: string
  /** An empty value means "none" instead of the default. */
  emptyMeansNone?: true
  /** The value is hidden in all messages. */
  secret?: true
  description: string
}

type Row = Omit<Setting, 'name' | 'description'>

/** Creates a row of the settings table and keeps its literal types. The type of the configuration is derived from these types. */
export function setting<const Name extends string, const R extends Row> (
  name: Name, row: R & Record<Exclude<keyof R, keyof Row>, never>, description: string
): R & { name: Name, description: string } {
  return { name, ...row, description }
}

/** Describes the values that a setting accepts, without the unit. Completes the sentence "must be …". */
export function describeValues (setting: Setting): string {
  return `${VALUE_TYPES[setting.type].accepts(setting)}${setting.emptyMeansNone ? ', or empty for none' : ''}`
}
