import { VALUE_TYPES, type Limits, type TypeName } from './value-types.js'

/** The headings of docs/configuration.md, in order. */
export const GROUPS = {
  server: 'Server',
  access: 'Access tokens',
  engine: 'Docker Engine',
  container: 'Containers',
  run: 'Runs and queue',
  rate: 'Rate limits',
  pool: 'Ready containers',
  log: 'Logging and debugging',
  legacy: 'Without effect'
}

/** One environment variable. */
export interface Setting extends Limits {
  name: string
  group: keyof typeof GROUPS
  /** Where the value is in the configuration: `run.timeMs` becomes `config.run.timeMs`. A setting without a key has no effect. */
  key?: `${string}.${string}`
  type: TypeName
  /** Applies when the variable is absent or empty, written as in the environment. Without a default, the value is undefined. */
  default?: string | number | boolean
  /** Describes a default that depends on the machine, the image or other settings. */
  defaultText?: string
  /** For a setting without a fixed default: the value of its commented-out line in config/default.env. */
  example?: string | number
  unit?: string
  /** An empty value means "none" instead of the default. */
  emptyMeansNone?: true
  /** No message shows the value. */
  secret?: true
  description: string
}

type Row = Omit<Setting, 'name' | 'description'>

/** Makes a row of the settings table and keeps its literal types, from which the type of the configuration is derived. */
export function setting<const Name extends string, const R extends Row> (
  name: Name, row: R & Record<Exclude<keyof R, keyof Row>, never>, description: string
): R & { name: Name, description: string } {
  return { name, ...row, description }
}

/** What a value of the setting must be, without its unit. */
export function describeValues (setting: Setting): string {
  return `${VALUE_TYPES[setting.type].accepts(setting)}${setting.emptyMeansNone ? ', or empty for none' : ''}`
}
