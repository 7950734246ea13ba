import { isQuoted } from './env-file.js'
import type { ErrorList, Settings } from './read-settings.js'

const MIN_LENGTH = 16
/** Tokens from the documentation and example files of this and other projects. */
const PLACEHOLDERS = /^(access-token-from-systemd-service|some-?secret-?(access-?)?token|(my|your|the|change|replace)[-_ ]?.*(token|secret|key|me|this)|change-?me.*|secret.*token|(access[-_]?|api[-_]?)*(token|secret|key)|password.*|x+|0+|1+|test.*token|0?123456789.*)$/i
/** Matches a value that an HTTP header cannot contain (RFC 9110, section 5.5). An env file with CRLF line endings can cause one. */
// eslint-disable-next-line no-control-regex
const NOT_IN_A_HEADER = /^[ \t]|[ \t]$|[\0-\x08\x0a-\x1f\x7f]/

export interface AccessToken {
  /** Identifies the token in logs and metrics, which never contain the token itself. */
  name: string
  token: string
}

/**
 * Reads the token in `API_ACCESS_TOKEN`, which is named `default`, and the tokens in `API_ACCESS_TOKENS`. Tokens never appear in
 * messages.
 * @param loopback whether the service listens on a loopback address, in which case a weak token causes a warning instead of an error
 */
export function readTokens ({ token: first, furtherTokens, file }: Settings['access'], loopback: boolean, errors: ErrorList): { tokens: AccessToken[], warnings: string[] } {
  if (first === undefined && file === undefined) errors.add('API_ACCESS_TOKEN: not set: must be the token that clients send, unless API_TOKENS_FILE is set')
  const tokens = [...(first === undefined ? [] : [{ name: 'default', token: first }]), ...parseFurtherTokens(furtherTokens, errors)]
  const warnings: string[] = []
  const owners = new Map<string, string>()
  for (const { name, token } of tokens) {
    const source = name === 'default' ? 'API_ACCESS_TOKEN' : `API_ACCESS_TOKENS, ${name}`
    const owner = owners.get(token)
    if (owner !== undefined) errors.add(`${source}: invalid token (hidden): must differ from the token of ${owner}`)
    owners.set(token, owner ?? source)
    const problems = tokenProblems(token, source, loopback)
    for (const error of problems.errors) errors.add(error)
    warnings.push(...problems.warnings)
  }
  return { tokens, warnings }
}

/** Returns errors and warnings for one token, which they do not contain. @param source where the token is set */
export function tokenProblems (token: string, source: string, loopback: boolean): { errors: string[], warnings: string[] } {
  const warnings = isQuoted(token) ? [`${source}: the token begins and ends with a quote: clients must also send both quotes, because they are part of the token`] : []
  if (NOT_IN_A_HEADER.test(token)) {
    return { errors: [`${source}: invalid token (hidden): must not begin or end with white space or contain control characters, because an HTTP header cannot carry it`], warnings }
  }
  const weakness = weaknessOf(token)
  if (weakness === undefined) return { errors: [], warnings }
  if (loopback) return { errors: [], warnings: [...warnings, `${source}: the token ${weakness}; the service refuses it on any address other than loopback`] }
  return { errors: [`${source}: invalid token (hidden), which ${weakness}: must be at least ${MIN_LENGTH} characters that are hard to guess`], warnings }
}

function parseFurtherTokens (text: string, errors: ErrorList): AccessToken[] {
  const seen = new Set(['default'])
  const tokens: AccessToken[] = []
  for (const [index, entry] of text.split(/\s+/).filter(Boolean).entries()) {
    const [, name, token] = /^([A-Za-z0-9_.-]+):(.+)$/.exec(entry) ?? []
    if (name === undefined || token === undefined) {
      errors.add(`API_ACCESS_TOKENS: invalid entry ${index + 1} (hidden): must be name:token, separated from the next by a space`)
    } else if (seen.has(name)) {
      errors.add(`API_ACCESS_TOKENS: invalid name ${JSON.stringify(name)}: must be unique ("default" is the name of API_ACCESS_TOKEN)`)
    } else {
      seen.add(name)
      tokens.push({ name, token })
    }
  }
  return tokens
}

function weaknessOf (token: string): string | undefined {
  if (PLACEHOLDERS.test(token)) return 'is a well-known placeholder'
  if (token.length < MIN_LENGTH) return `is shorter than ${MIN_LENGTH} characters`
  return undefined
}
