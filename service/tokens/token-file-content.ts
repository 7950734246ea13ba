import { createHash } from 'node:crypto'

import { ConfigError, tokenProblems, type AccessToken } from '../config/config.js'
import type { TokenPolicy } from '../runs/token-ports.js'
import { memberName, schemaErrors } from './token-file-errors.js'
import type { FileToken, TokenFileContent } from './token-file-schema.js'
import type { TokenEntry } from './token-store.js'

export interface ContentOptions {
  /** The tokens from environment variables. Names and tokens of the file must differ from them. */
  environment: AccessToken[]
  /** Whether the service listens on a loopback address, in which case a weak token causes a warning instead of an error. */
  loopback: boolean
}

export interface ParsedTokens {
  tokens: TokenEntry[]
  warnings: string[]
}

/**
 * Parses the content of a tokens file.
 * @throws ConfigError with all errors, one line for each. The lines name the member and never contain a token.
 */
export function parseTokens (text: string, options: ContentOptions): ParsedTokens {
  const content = parseJson(text)
  const errors = schemaErrors(content)
  if (errors.length > 0) throw new ConfigError(errors)
  const sent = (content as TokenFileContent).tokens
  const problems = problemsOf(sent, options)
  if (problems.errors.length > 0) throw new ConfigError(problems.errors)
  return { tokens: sent.map(entryOf), warnings: problems.warnings }
}

/** The message of JSON.parse quotes the text, which contains tokens. */
function parseJson (text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const [, line, column] = /\(line (\d+) column (\d+)\)/.exec((error as Error).message) ?? []
    throw new ConfigError([`the content: invalid JSON${line === undefined ? '' : ` at line ${line}, column ${column}`}`])
  }
}

function problemsOf (sent: FileToken[], { environment, loopback }: ContentOptions): { errors: string[], warnings: string[] } {
  const names = new Set(environment.map(({ name }) => name))
  const owners = new Map(environment.map(({ name, token }) => [hexDigest(token), name]))
  const errors: string[] = []
  const warnings: string[] = []
  for (const [index, { name, token, sha256 }] of sent.entries()) {
    const place = memberName(['tokens', index])
    if (names.has(name)) errors.push(`${place}.name: invalid value ${JSON.stringify(name)}: must be unique, also among the tokens in environment variables`)
    names.add(name)
    if ((token === undefined) === (sha256 === undefined)) {
      errors.push(`${place}: must have exactly one of token and sha256`)
      continue
    }
    const digest = sha256?.toLowerCase() ?? hexDigest(token ?? '')
    const owner = owners.get(digest)
    if (owner !== undefined) errors.push(`${place}: invalid token (hidden): must differ from the token of ${owner}`)
    owners.set(digest, owner ?? name)
    const found = token === undefined ? { errors: [], warnings: [] } : tokenProblems(token, `${place}.token`, loopback)
    errors.push(...found.errors)
    warnings.push(...found.warnings)
  }
  return { errors, warnings }
}

function entryOf ({ name, token, sha256, images, ...others }: FileToken): TokenEntry {
  return { name, digest: Buffer.from(sha256 ?? hexDigest(token ?? ''), 'hex'), images, policy: policyOf(others) }
}

function policyOf ({ concurrency, rate, limits, jobs }: Omit<FileToken, 'name'>): TokenPolicy {
  return {
    concurrency,
    rate: rate === undefined ? undefined : { requests: rate.requests, windowMs: milliseconds(rate.window) ?? 0 },
    limits: limits === undefined
      ? undefined
      : {
          timeMs: milliseconds(limits.time),
          buildTimeMs: milliseconds(limits.buildTime),
          casesTimeMs: milliseconds(limits.casesTime),
          interactiveTimeMs: milliseconds(limits.interactiveTime),
          outputBytes: limits.output,
          memoryBytes: limits.memory,
          processes: limits.processes
        },
    queuedJobs: jobs
  }
}

function milliseconds (seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.max(1, Math.round(seconds * 1000))
}

function hexDigest (token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
