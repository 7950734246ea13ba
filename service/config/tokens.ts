import { verbatim, type VariableReader } from './variables.js'

const SHORTEST_TOKEN = 16
/** Tokens that stand in documentation and example files, ours and other people's. */
const PLACEHOLDERS = /^(access-token-from-systemd-service|some-?secret-?(access-?)?token|(my|your|the|change|replace)[-_ ]?.*(token|secret|key|me|this)|change-?me.*|secret.*token|(access[-_]?|api[-_]?)*(token|secret|key)|password.*|x+|0+|1+|test.*token|0?123456789.*)$/i
/** Such a token would match nothing that a client can send (RFC 9110, section 5.5): an env file with CRs has them. */
// eslint-disable-next-line no-control-regex
const NOT_IN_A_HEADER = /^[ \t]|[ \t]$|[\0-\x08\x0a-\x1f\x7f]/

export interface AccessToken {
  /** Appears in logs and metrics; the token itself never does. */
  name: string
  token: string
}

/** The first token, named `default`, and the further ones of `API_ACCESS_TOKENS`. Faults go to the reader. */
export function readTokens (reader: VariableReader, loopback: boolean): { tokens: AccessToken[], warnings: string[] } {
  const first = reader.optional('API_ACCESS_TOKEN', verbatim)
  if (first === undefined) reader.fault('API_ACCESS_TOKEN', reader.text('API_ACCESS_TOKEN'), 'the token that clients send; without one the service does not start')
  const tokens = [...(first === undefined ? [] : [{ name: 'default', token: first }]), ...furtherTokens(reader)]
  const warnings: string[] = []
  const owners = new Map<string, string>()
  for (const { name, token } of tokens) {
    const variable = name === 'default' ? 'API_ACCESS_TOKEN' : `API_ACCESS_TOKENS, ${name}`
    const owner = owners.get(token)
    if (owner !== undefined) reader.faults.push(`${variable}: got the token of ${owner}, takes one of its own (the value is not shown)`)
    owners.set(token, owner ?? variable)
    const weakness = weaknessOf(token)
    if (NOT_IN_A_HEADER.test(token)) {
      reader.faults.push(`${variable}: got a token that begins or ends with white space or holds a control character, takes what an HTTP header can carry (the value is not shown)`)
      continue
    }
    if (weakness === undefined) continue
    if (loopback) warnings.push(`${variable}: the token ${weakness}; it would be refused on any address but loopback`)
    else reader.faults.push(`${variable}: got a token that ${weakness}, takes one of at least ${SHORTEST_TOKEN} characters that nobody can guess (the value is not shown)`)
  }
  return { tokens, warnings }
}

function furtherTokens (reader: VariableReader): AccessToken[] {
  const seen = new Set(['default'])
  const tokens: AccessToken[] = []
  for (const [index, entry] of (reader.text('API_ACCESS_TOKENS') ?? '').split(/\s+/).filter(Boolean).entries()) {
    const [, name, token] = /^([A-Za-z0-9_.-]+):(.+)$/.exec(entry) ?? []
    if (name === undefined || token === undefined) {
      reader.faults.push(`API_ACCESS_TOKENS: entry ${index + 1} is not name:token (the value is not shown), takes name:token pairs separated by spaces`)
    } else if (seen.has(name)) {
      reader.faults.push(`API_ACCESS_TOKENS: got the name ${JSON.stringify(name)} twice, takes each name once ("default" is API_ACCESS_TOKEN's)`)
    } else {
      seen.add(name)
      tokens.push({ name, token })
    }
  }
  return tokens
}

function weaknessOf (token: string): string | undefined {
  if (PLACEHOLDERS.test(token)) return 'is a well-known placeholder'
  if (token.length < SHORTEST_TOKEN) return `is shorter than ${SHORTEST_TOKEN} characters`
  return undefined
}
