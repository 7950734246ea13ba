import { describeValues, type Setting } from './setting.js'
import { SETTINGS } from './settings.js'
import { INVALID, VALUE_TYPES, type ParsedValue } from './value-types.js'

export type Environment = Record<string, string | undefined>

type Row = typeof SETTINGS[number]
export type SettingName = Row['name']

type Parsed<R extends Row> = R extends { type: 'choice', values: readonly (infer Choice)[] } ? Choice : ParsedValue<R['type']>
type Value<R extends Row> = R extends { default: unknown } ? Parsed<R> : Parsed<R> | undefined
type Keyed = Extract<Row, { key: string }>
type Section = Keyed['key'] extends infer Key ? Key extends `${infer Name}.${string}` ? Name : never : never

/** The setting values, grouped by the keys of the settings table: `{ run: { timeMs: number, … }, pool: { … }, … }`. */
export type Settings = {
  [S in Section]: { [R in Keyed as R['key'] extends `${S}.${infer Member}` ? Member : never]: Value<R> }
}

const SECRETS = new Set(SETTINGS.filter((row: Setting) => row.secret).map((row) => row.name))

/** Collects the errors in the environment variables, one line for each error. */
export class ErrorList {
  readonly lines: string[] = []

  /**
   * Adds an error for a variable whose value is invalid.
   * @param requirement completes the sentence "must …"
   */
  invalid (name: SettingName, value: string | number, requirement: string): void {
    const shown = SECRETS.has(name) ? '(hidden)' : JSON.stringify(hideCredentials(String(value)))
    this.lines.push(`${name}: invalid value ${shown}: must ${requirement}`)
  }

  add (line: string): void {
    this.lines.push(line)
  }
}

/**
 * Parses every variable of the settings table. If a variable is absent, empty or invalid, its default applies.
 * @returns the values, and the names of the variables that are set
 */
export function readSettings (env: Environment, errors: ErrorList): { settings: Settings, given: ReadonlySet<SettingName> } {
  const given = new Set<SettingName>()
  const sections: Record<string, Record<string, unknown>> = {}
  for (const row of SETTINGS) {
    const value = readValue(row, env[row.name], errors)
    if (value !== INVALID) given.add(row.name)
    if (!('key' in row)) continue
    const [section = '', member = ''] = row.key.split('.')
    sections[section] = { ...sections[section], [member]: value === INVALID ? defaultValue(row) : value }
  }
  return { settings: sections as Settings, given }
}

function readValue (row: Setting & Pick<Row, 'name'>, text: string | undefined, errors: ErrorList): unknown {
  if (text === undefined || (text === '' && !row.emptyMeansNone)) return INVALID
  const value = VALUE_TYPES[row.type].parse(text, row)
  if (value === INVALID) errors.invalid(row.name, text, `be ${describeValues(row)}${row.unit === undefined ? '' : ` (${row.unit})`}`)
  return value
}

function defaultValue (row: Setting): unknown {
  return row.default === undefined ? undefined : VALUE_TYPES[row.type].parse(String(row.default), row)
}

/** Replaces the user name and the password in a URL with `(hidden)`. A password that is not encoded can contain any character. */
function hideCredentials (value: string): string {
  return value.replace(/\/\/.*@/s, '//(hidden)@')
}
