import { isIP } from 'node:net'

export const INVALID = Symbol('invalid')

/** `docker run --env-file` keeps quotes around a value and a carriage return at its end. */
const QUOTE = /["']/
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f]/

/** The length of a key for AES-256. */
const KEY_BYTES = 32
/** The prefix and the length of a secret (Standard Webhooks, "Signature scheme"). */
const SECRET_PREFIX = 'whsec_'
const SECRET_BYTES = [24, 64] as const

/** Restrictions that a setting can add to its type. A type ignores the members that it does not support. */
export interface Limits {
  min?: number
  max?: number
  values?: readonly string[]
}

interface ValueType<T> {
  /** Completes "must be …" in messages and provides the "Values" column in docs/configuration.md. */
  accepts: (limits: Limits) => string
  parse: (text: string, limits: Limits) => T | typeof INVALID
}

export type TypeName = keyof typeof VALUE_TYPES
export type ParsedValue<T extends TypeName> = Exclude<ReturnType<typeof VALUE_TYPES[T]['parse']>, typeof INVALID>

const integer: ValueType<number> = {
  accepts: ({ min = 0, max }) => `a whole number ${max === undefined ? `of at least ${min}` : `from ${min} to ${max}`}`,
  parse: (text, { min = 0, max = Number.MAX_SAFE_INTEGER }) => /^\d+$/.test(text) ? within(Number(text), min, max) : INVALID
}

const integerOrOff: ValueType<number | undefined> = {
  accepts: (limits) => `${integer.accepts(limits)}, or off`,
  parse: (text, limits) => text === 'off' ? undefined : integer.parse(text, limits)
}

const decimal: ValueType<number> = {
  accepts: ({ min = 0, max = Infinity }) => `a decimal number from ${min} to ${max}`,
  parse: (text, { min = 0, max = Infinity }) => /^(\d+\.?\d*|\.\d+)$/.test(text) ? within(Number(text), min, max) : INVALID
}

const decimalOrZero: ValueType<number> = {
  accepts: (limits) => `${decimal.accepts(limits)}, or 0 for no limit`,
  parse: (text, limits) => text === '0' ? 0 : decimal.parse(text, limits)
}

/** Converts seconds in the environment variable to whole milliseconds in the configuration. */
const duration: ValueType<number> = {
  accepts: ({ max = Infinity }) => `a decimal number greater than 0 and at most ${max}`,
  parse: (text, limits) => {
    const seconds = decimal.parse(text, { ...limits, min: Number.MIN_VALUE })
    return seconds === INVALID ? INVALID : Math.max(1, Math.round(seconds * 1000))
  }
}

const boolean: ValueType<boolean> = {
  accepts: () => 'true or false',
  parse: (text) => text === 'true' ? true : text === 'false' ? false : INVALID
}

const choice: ValueType<string> = {
  accepts: ({ values = [] }) => `one of ${values.join(', ')}`,
  parse: (text, { values = [] }) => values.includes(text) ? text : INVALID
}

const list: ValueType<string[]> = {
  accepts: () => 'a list separated by spaces or commas, without quotes',
  parse: (text) => QUOTE.test(text) ? INVALID : text.split(/[\s,]+/).filter((item) => item !== '')
}

const text: ValueType<string> = {
  accepts: () => 'text without quotes and control characters',
  parse: (text) => QUOTE.test(text) || CONTROL.test(text) ? INVALID : text
}

/** Additional checks are in config/tokens.ts, because they depend on the listen address. */
const token: ValueType<string> = { accepts: () => 'text that an HTTP header can carry', parse: (text) => text }
const tokenList: ValueType<string> = { accepts: () => 'name:token pairs separated by spaces', parse: (text) => text }

const address: ValueType<string> = {
  accepts: () => 'an IP address or localhost',
  parse: (text) => isIP(text) !== 0 || text === 'localhost' ? text : INVALID
}

const addressList: ValueType<string[]> = {
  accepts: () => 'IP addresses and CIDR ranges separated by spaces or commas',
  parse: (text) => {
    const items = text.split(/[\s,]+/).filter((item) => item !== '')
    return items.every(isAddressRange) ? items : INVALID
  }
}

const originList: ValueType<string[]> = {
  accepts: () => 'origins such as https://app.example.org separated by spaces or commas, or *',
  parse: (text) => {
    const items = text.split(/[\s,]+/).filter((item) => item !== '')
    return text === '*' || items.every(isOrigin) ? items : INVALID
  }
}

/** Accepts an empty text, which `parse` receives only if the setting has `emptyMeansNone`. */
const path: ValueType<string> = {
  accepts: () => 'an absolute path',
  parse: (text) => text === '' || (text.startsWith('/') && !CONTROL.test(text)) ? text : INVALID
}

const hostname: ValueType<string> = {
  accepts: () => 'a host name of at most 63 letters, digits, dots and hyphens',
  parse: (text) => /^[A-Za-z0-9]([A-Za-z0-9.-]{0,62})$/.test(text) ? text : INVALID
}

const redisUrl: ValueType<string> = {
  accepts: () => 'a URL that begins with redis:// or rediss://',
  parse: (text) => /^rediss?:\/\//.test(text) && !CONTROL.test(text) && URL.canParse(text) ? text : INVALID
}

const httpUrl: ValueType<string> = {
  accepts: () => 'a URL that begins with http:// or https://',
  parse: (text) => /^https?:\/\//.test(text) && !CONTROL.test(text) && URL.canParse(text) ? text : INVALID
}

/** Decodes the base64 of 32 bytes. */
const key: ValueType<Buffer> = {
  accepts: () => 'the base64 of 32 bytes',
  parse: (text) => base64Bytes(text, KEY_BYTES, KEY_BYTES) ?? INVALID
}

const secretList: ValueType<string[]> = {
  accepts: () => 'secrets separated by spaces, each whsec_ and the base64 of 24 to 64 bytes',
  parse: (text) => {
    const secrets = text.split(/\s+/).filter((item) => item !== '')
    const valid = secrets.every((secret) => secret.startsWith(SECRET_PREFIX) && base64Bytes(secret.slice(SECRET_PREFIX.length), ...SECRET_BYTES) !== undefined)
    return valid ? secrets : INVALID
  }
}

export const VALUE_TYPES = { integer, integerOrOff, decimal, decimalOrZero, duration, boolean, choice, list, text, token, tokenList, address, addressList, originList, path, hostname, redisUrl, httpUrl, key, secretList }

function base64Bytes (text: string, min: number, max: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length >= min && bytes.length <= max && bytes.toString('base64') === text ? bytes : undefined
}

/** Returns whether the text is an IP address or a CIDR range. Rejects a prefix length of 0, which would match every address. */
function isAddressRange (text: string): boolean {
  const [, address = '', prefix] = /^([^/%]+)(?:\/([1-9]\d{0,2}))?$/.exec(text) ?? []
  const bits = { 4: 32, 6: 128 }[isIP(address)] ?? 0
  return bits > 0 && Number(prefix ?? bits) <= bits
}

/** Returns whether the text is an origin exactly as browsers send it: lower case, without a default port and without a slash at the end. */
function isOrigin (text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text
}

function within (value: number, min: number, max: number): number | typeof INVALID {
  return value >= min && value <= max ? value : INVALID
}
