import { isIP } from 'node:net'

export type Environment = Record<string, string | undefined>

/** Says what a value must be; its `parse` gives undefined for a value that isn't. */
export interface Kind<T> {
  takes: string
  parse (text: string): T | undefined
}

export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER, unit = ''): Kind<number> => ({
  takes: `a whole number${unit && ` of ${unit}`} ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}`,
  parse: (text) => /^\d+$/.test(text) ? within(Number(text), least, most) : undefined
})

export const positiveNumber = (most: number, unit = ''): Kind<number> => ({
  takes: `a number${unit && ` of ${unit}`} above 0 and up to ${most}, fractions allowed`,
  parse: (text) => decimal(text, Number.MIN_VALUE, most)
})

export const numberFrom = (least: number, most: number): Kind<number> => ({
  takes: `a number from ${least} to ${most}, fractions allowed`,
  parse: (text) => decimal(text, least, most)
})

export const bool: Kind<boolean> = {
  takes: 'true or false',
  parse: (text) => text === 'true' ? true : text === 'false' ? false : undefined
}

export const oneOf = <T extends string>(...values: T[]): Kind<T> => ({
  takes: `one of ${values.join(', ')}`,
  parse: (text) => values.find((value) => value === text)
})

export const words: Kind<string[]> = {
  takes: 'a list separated by spaces or commas',
  // Commas, for files that a shell reads as well as docker and systemd: no quotes are needed.
  parse: (text) => text.split(/[\s,]+/).filter((word) => word !== '')
}

export const verbatim: Kind<string> = { takes: 'any text', parse: (text) => text }

export const address: Kind<string> = {
  takes: 'an IP address or localhost',
  parse: (text) => isIP(text) !== 0 || text === 'localhost' ? text : undefined
}

export const absolutePath: Kind<string> = {
  takes: 'an absolute path',
  parse: (text) => text.startsWith('/') && !text.includes('\0') ? text : undefined
}

export const hostname: Kind<string> = {
  takes: 'a host name of letters, digits, dots and dashes, up to 63 characters',
  parse: (text) => /^[A-Za-z0-9]([A-Za-z0-9.-]{0,62})$/.test(text) ? text : undefined
}

export const url = (...protocols: string[]): Kind<string> => ({
  takes: `a URL that begins with ${protocols.join(' or ')}`,
  parse: (text) => protocols.some((protocol) => text.startsWith(protocol)) && URL.canParse(text) ? text : undefined
})

/** The same kind, or the word `off`. */
export const orOff = <T>(kind: Kind<T>): Kind<T | 'off'> => ({
  takes: `${kind.takes}, or off`,
  parse: (text) => text === 'off' ? 'off' : kind.parse(text)
})

/** Reads variables one by one and keeps every fault, so that all of them can be told at once. */
export class VariableReader {
  readonly faults: string[] = []
  readonly known = new Set<string>()

  constructor (private readonly env: Environment) {}

  /** The parsed value, or `fallback` where the variable is absent or empty or wrong (a wrong one is a fault). */
  read<T> (name: string, kind: Kind<T>, fallback: T): T {
    return this.optional(name, kind) ?? fallback
  }

  /** As `read`, with undefined for an absent, empty or wrong value. */
  optional<T> (name: string, kind: Kind<T>): T | undefined {
    const text = this.text(name)
    if (text === undefined || text === '') return undefined
    const value = kind.parse(text)
    if (value === undefined) this.fault(name, text, kind.takes)
    return value
  }

  /** As `read`, but an empty value is a value: '' for «none». */
  orNone<T> (name: string, kind: Kind<T>, fallback: T): T | undefined {
    return this.text(name) === '' ? undefined : this.read(name, kind, fallback)
  }

  text (name: string): string | undefined {
    this.known.add(name)
    return this.env[name]
  }

  isSet (name: string): boolean {
    return (this.env[name] ?? '') !== ''
  }

  fault (name: string, got: string | undefined, takes: string): void {
    // A URL may hold a password.
    const shown = got === undefined ? 'nothing' : JSON.stringify(got.replace(/\/\/[^/]*@/, '//(hidden)@'))
    this.faults.push(`${name}: got ${shown}, takes ${takes}`)
  }
}

function decimal (text: string, least: number, most: number): number | undefined {
  return /^(\d+\.?\d*|\.\d+)$/.test(text) ? within(Number(text), least, most) : undefined
}

function within (value: number, least: number, most: number): number | undefined {
  return value >= least && value <= most ? value : undefined
}
