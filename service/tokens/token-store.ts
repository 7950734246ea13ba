import { createHash, timingSafeEqual } from 'node:crypto'

import type { AccessToken } from '../config/config.js'
import { imageNotAllowed } from '../errors.js'
import type { TokenPolicy, Tokens } from '../runs/token-ports.js'

/** A token of which only the hash is known. */
export interface TokenEntry {
  name: string
  /** SHA-256 of the token. */
  digest: Buffer
  policy: TokenPolicy
  /** Patterns of the images that the token may use; undefined: all images of the service. */
  images: string[] | undefined
}

interface StoreParts {
  /** The tokens from environment variables. */
  environment: AccessToken[]
  /** Whether tokens from a file can replace each other. */
  hasFile: boolean
  /** Returns a function that checks whether a pattern allows an image. */
  imageMatcher: (pattern: string) => (ref: string) => boolean
}

interface KnownToken extends TokenEntry {
  allows: (ref: string) => boolean
}

/** The valid tokens: those from environment variables, which never change, and those from the tokens file. */
export class TokenStore implements Tokens {
  readonly #parts: StoreParts
  readonly #listeners: Array<() => void> = []
  #tokens: KnownToken[] = []
  #byName = new Map<string, KnownToken>()

  constructor (parts: StoreParts) {
    this.#parts = parts
    this.#set([])
  }

  get names (): string[] { return [...this.#byName.keys()] }
  get hasPolicies (): boolean { return this.#parts.hasFile }

  nameOf (token: Buffer): string | undefined {
    const sent = digestOf(token)
    // All tokens are compared so that the time does not depend on which token matches.
    const [match] = this.#tokens.filter(({ digest }) => timingSafeEqual(digest, sent))
    return match?.name
  }

  policyOf (tokenName: string): TokenPolicy | undefined {
    return this.#byName.get(tokenName)?.policy
  }

  checkImage (tokenName: string, ref: string): void {
    const token = this.#byName.get(tokenName)
    if (token?.images !== undefined && !token.allows(ref)) throw imageNotAllowed(ref, token.images)
  }

  onChange (listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Replaces the tokens from the tokens file. */
  replace (fromFile: TokenEntry[]): void {
    this.#set(fromFile)
    for (const listener of this.#listeners) listener()
  }

  #set (fromFile: TokenEntry[]): void {
    const { environment } = this.#parts
    const entries: TokenEntry[] = environment.map(({ name, token }) => ({ name, digest: digestOf(Buffer.from(token)), policy: {}, images: undefined }))
    this.#tokens = [...entries, ...fromFile].map((entry) => ({ ...entry, allows: this.#allowsOf(entry) }))
    this.#byName = new Map(this.#tokens.map((token) => [token.name, token]))
  }

  #allowsOf ({ images = [] }: TokenEntry): KnownToken['allows'] {
    const matchers = images.map(this.#parts.imageMatcher)
    return (ref) => matchers.some((matches) => matches(ref))
  }
}

/** Hashes a token. All digests have the same length, so that the comparison time does not depend on the length of the token. */
export function digestOf (token: Buffer): Buffer {
  return createHash('sha256').update(token).digest()
}
